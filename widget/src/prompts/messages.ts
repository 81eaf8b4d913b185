export const promptsEnglish = {
  more: 'More choices',
  close: 'Close',
  tomorrow: 'Remind me tomorrow',
  nextWeek: 'Remind me next week',
  neverMe: 'Do not show this again',
  neverAll: 'Nor to anyone else here',
  snoozed: (day: string) => `We remind you on ${day}`,
  silenced: 'No more messages about this',
  silencedAll: 'Nobody here gets these messages',
  stillAnswers: 'Limits you hit still get an answer.',
  undo: 'Undo',
}

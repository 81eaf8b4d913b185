/** A title within a sentence; `API calls` stays as it is. */
const within = (title: string): string =>
  /^.\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title

export const promptsEnglish = {
  more: 'More choices',
  close: 'Close',
  remind: 'Remind me',
  tomorrow: 'Tomorrow',
  nextWeek: 'Next week',
  stop: (subject: string) => `Do not show messages about ${within(subject)}`,
  month: 'For 30 days',
  until: (day: string) => `until ${day}`,
  neverMe: 'Never again, for me',
  neverAll: (account: string) => (account ? `For everyone at ${account}` : 'For everyone here'),
  snoozed: (day: string, hour: string) => `We remind you on ${day} at ${hour}`,
  paused: (subject: string, day: string) => `No messages about ${within(subject)} until ${day}`,
  silenced: (subject: string) => `No more messages about ${within(subject)}`,
  silencedAll: (account: string) => `Nobody ${account ? `at ${account}` : 'here'} gets these messages`,
  stillAnswers: 'Limits you hit still get an answer.',
  undo: 'Undo',
}

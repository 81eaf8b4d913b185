/** Who asks and who is asked; `names` come as a list in words. */
export const peopleEnglish = {
  waiting: (names: string, count: number) => `${names} ${count === 1 ? 'is' : 'are'} waiting`,
  waitingWhy: 'Asked you for this',
  adminsOf: (account: string, count: number) => `Admin${count === 1 ? '' : 's'} at ${account}`,
  word: 'Add a word (optional)',
  send: 'Send request',
  sent: (names: string) => `${names || 'Your admins'} ${names && !/ and |,/.test(names) ? 'has' : 'have'} your request`,
  sentWhy: 'Their answer comes here.',
  vendorWhy: 'This goes to our team, who will get in touch about a quote.',
  sentVendor: 'Our team has your request',
  sentVendorWhy: 'They will get in touch about a quote.',
  done: 'Done',
  takeBack: 'Take back',
}

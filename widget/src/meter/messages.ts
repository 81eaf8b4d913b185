export const meterEnglish = {
  of: (limit: string) => `of ${limit}`,
  noLimit: 'no limit',
  /** Of things that come back each period, and of a level such as seats. */
  full: (limit: string, waits: boolean) => `All ${limit} ${waits ? 'used' : 'in use'}`,
  /** What still works at the limit, and when grace is over. */
  keeps: 'What you have keeps working',
  keepsThen: 'Then more has to wait',
  /** Of what goes on and is billed. */
  beyond: (count: string) => `${count} beyond what is included`,
  left: (count: string) => `${count} left`,
  fullOn: (day: string) => `At this rate, full on ${day}`,
  over: (count: string, day: string, left: string) => `${count} over the limit, fine until ${day} (${left})`,
  resets: (day: string) => `Starts again on ${day}`,
  asOf: (time: string) => `As of ${time}`,
  /** Why, and for how long already; empty for less than a minute. */
  offline: (age: string) => (age ? `No connection since then, ${age}.` : 'No connection.'),
  action: 'See options',
  ask: 'Ask an admin',
  askVendor: 'Ask for a quote',
}

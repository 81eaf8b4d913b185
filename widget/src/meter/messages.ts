export const meterEnglish = {
  of: (limit: string) => `of ${limit}`,
  noLimit: 'no limit',
  /** Of things that come back each period, and of a level such as seats. */
  full: (waits: boolean) => (waits ? 'All used.' : 'All in use.'),
  left: (count: string) => `${count} left`,
  fullOn: (day: string) => `At this rate, full on ${day}`,
  over: (count: string, day: string, left: string) => `${count} over the limit, fine until ${day} (${left})`,
  days: (count: number) => (count === 1 ? '1 day' : `${count} days`),
  hours: (count: number) => (count === 1 ? '1 hour' : `${count} hours`),
  resets: (day: string) => `Starts again on ${day}`,
  asOf: (time: string) => `As of ${time}. Updates when you are online.`,
  action: 'See options',
}

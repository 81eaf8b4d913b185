import { locale } from '../messages.ts'

const people = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'} asked`

/** Begins a reply, and the reply in full; whoever asked reads exactly this. */
type Suggestion = [label: string, reply: string]

export const requestsEnglish = {
  tabs: 'Requests',
  tabOpen: 'Open',
  tabAnswered: 'Answered',
  none: 'No open requests',
  noneWhy: 'When someone needs a seat or a feature, it is here.',
  noneAnswered: 'Nothing answered yet',
  asked: (count: number, selected: number) =>
    selected < count ? `${people(count)}, ${selected} selected.` : `${people(count)}.`,
  inPlan: 'Already in your plan.',
  comesWith: (plan: string) => `Comes with ${plan}:`,
  /** `7 seats` are all that there are then. */
  price: (today: string, recurring: string, interval: string, units: string) =>
    `${today} today, then ${recurring} a ${interval}${units && ` for ${units}`}.`,
  grant: (names: string) => (names ? `Grant to ${names}` : 'Grant'),
  addAddon: (title: string, amount: string) => `Add ${title} for ${amount}`,
  add: (count: string, units: string, amount: string) => `Add ${count} ${units} for ${amount}`,
  pricing: 'Getting the exact price',
  paying: (amount: string) => `Paying ${amount}`,
  plan: 'See plan and price',
  seePrice: 'See the price',
  nothingSelected: 'Nothing selected',
  has: (account: string, count: string, units: string) => `${account} has ${count} ${units}`,
  granted: (feature: string) => `${feature} granted`,
  told: (names: string, several: boolean) => (several ? `${names} know.` : `${names} knows.`),
  receipt: (amount: string) => `Receipt for ${amount}`,
  decline: 'Decline',
  declineSend: 'Decline and send',
  cancel: 'Cancel',
  suggestions: 'Suggestions',
  suggest: (now: number): Suggestion[] => {
    const next = new Date(now)
    next.setUTCMonth(next.getUTCMonth() + 1, 1)
    const month = next.toLocaleDateString(locale(), { month: 'long', timeZone: 'UTC' })
    return [
      ['Tell me more', 'What do you need it for? Tell me a little more, and I look at it again.'],
      ['Not this quarter', 'There is no room for it this quarter.'],
      [`Ask me again in ${month}`, `Not now. Ask me again in ${month}.`],
    ]
  },
  word: (name: string) => `A word to ${name}`,
  optional: '(optional)',
  select: (name: string) => `Select the request of ${name}`,
  failed: 'This did not work. Nothing has changed.',
  changed: 'The price has changed. The new one is on the button.',
  waitsWith: (names: string, since: string) => `With ${names || 'your admins'} since ${since}`,
  waitsWithVendor: (since: string) => `With our team since ${since}`,
  askVendor: 'Ask for a quote',
  takeBack: 'Take back',
  says: (name: string, words: string) => `${name ? `${name}: ` : ''}“${words}”`,
  grantedBy: (name: string, day: string) => (name ? `Granted by ${name} on ${day}` : `Granted on ${day}`),
  declinedBy: (name: string, day: string) => (name ? `Declined by ${name} on ${day}` : `Declined on ${day}`),
  takenBackOn: (day: string) => `Taken back on ${day}`,
  waiting: 'Waiting',
  yours: 'Yours',
  statusGranted: 'Granted',
  statusDeclined: 'Declined',
  statusWithdrawn: 'Taken back',
}

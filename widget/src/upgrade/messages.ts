import type { Offer } from '@softgate/sdk/contract'

const units = (count: number, unit: string | null): string => `${count} ${unit ?? 'unit'}${count === 1 ? '' : 's'}`

export const upgradeEnglish = {
  units,
  close: 'Close',
  notNow: 'Not now',
  retry: 'Try again',
  /** Of units beside those that are there, or of all of a plan's. */
  howMany: (unit: string | null, adds: boolean) =>
    `${unit ? unit.charAt(0).toUpperCase() + unit.slice(1) : 'Unit'}s${adds ? ' to add' : ''}`,
  inTotal: (count: number) => `${count} in total`,
  fewer: (unit: string | null) => `One ${unit ?? 'unit'} fewer`,
  more: (unit: string | null) => `One ${unit ?? 'unit'} more`,
  tax: 'Tax',
  credit: 'From your credit balance',
  dueToday: 'Due today',
  from: (day: string) => `From ${day}`,
  recurring: (amount: string, interval: string) => `${amount} a ${interval}`,
  withTax: (count: number, unit: string | null) => `${units(count, unit)} with tax`,
  /** What the main button does, in words; the amount is exactly what it charges. */
  buy: (offer: Offer | null, count: number, amount: string) =>
    offer?.kind === 'add'
      ? `Add ${units(count, offer.unit)} for ${amount}`
      : offer?.kind === 'switch'
        ? `Switch to ${offer.title} for ${amount}`
        : `Pay ${amount}`,
  pricing: 'Getting the exact price',
  held: (time: string) => `Price held until ${time}.`,
  changedTo: (amount: string) => `The price is now ${amount}`,
  changedBy: (amount: string, less: boolean) => `${amount} ${less ? 'less' : 'more'} than before.`,
  paying: (amount: string) => `Paying ${amount}`,
  payingNote: 'If you close this, it finishes by itself.',
  bank: (amount: string) => `Confirm ${amount} with your bank`,
  bankWhy: 'Your bank wants to see that it is you.',
  bankWaits: 'Nothing changes before you approve.',
  bankAgain: 'Show it again',
  bankPage: 'Continue on Stripe’s page',
  otherCard: 'Use another card',
  cancel: 'Cancel',
  declined: 'Your bank declined this card',
  nothingCharged: 'Nothing was charged.',
  card: 'Pay with another card',
  pay: (amount: string) => `Pay ${amount}`,
  hasNow: (account: string, count: number, unit: string | null) => `${account} has ${units(count, unit)}`,
  isOn: (account: string, plan: string) => `${account} is on ${plan}`,
  done: 'Done',
  free: (count: number, unit: string | null) => `${units(count, unit)} ${count === 1 ? 'is' : 'are'} free`,
  paid: (amount: string) => `${amount} paid`,
  receipt: 'Receipt',
  goOn: 'Continue',
  longer: 'Your bank is taking longer',
  longerWhy: 'You do not need to pay again.',
  longerNote: 'It is not confirmed yet.',
  offline: 'No connection',
  offlineWhy: 'The exact price has to wait for it.',
  offlineNote: 'Tries again by itself.',
  refused: 'This cannot be bought right now',
  unchanged: 'Nothing was charged and nothing has changed.',
  settle: 'Pay the invoice',
  leaving: 'On to the secure payment page',
  word: 'Add a word (optional)',
  send: 'Send request',
  goesOn: 'Your payment goes on',
  went: 'Your payment went through',
  sent: 'Your admins have your request',
  sentWhy: 'It is here when they answer.',
}

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
  inUse: (count: number) => `${count} in use`,
  fewer: (unit: string | null) => `One ${unit ?? 'unit'} fewer`,
  more: (unit: string | null) => `One ${unit ?? 'unit'} more`,
  /** `Sales tax, 8.25%`. */
  tax: (name: string, rate: string) => `${name}${rate && `, ${rate}`}`,
  taxIncluded: 'Included in the amounts above',
  credit: 'From your credit balance',
  dueToday: 'Due today',
  was: 'Before: ',
  from: (day: string) => `From ${day}`,
  recurring: (amount: string, interval: string) => `${amount} a ${interval}`,
  withTax: (count: number, unit: string | null) => `${units(count, unit)} with tax`,
  until: (price: string) => `Until now ${price}.`,
  unchanged: 'Unchanged.',
  cancelable: 'Cancel at any time.',
  card: (brand: string, last4: string) => `${brand} ending in ${last4}`,
  expires: (date: string) => `Expires ${date}`,
  change: 'Change',
  changeCard: 'Change, payment method',
  cardFixed: 'Only on the billing page',
  /** What the main button does, in words; the amount is exactly what it charges. */
  buy: (offer: Offer | null, count: number, amount: string) =>
    offer?.kind === 'add'
      ? `Add ${offer.unit || count > 1 ? units(count, offer.unit) : offer.title} for ${amount}`
      : `Pay ${amount} at Checkout`,
  /** Where nothing is charged at once. */
  startFree: 'Continue at Checkout',
  pricing: 'Getting the exact price',
  held: (time: string) => `Price held until ${time}.`,
  removable: (unit: string | null) => `Remove ${unit ? `${unit}s` : 'it'} at any time.`,
  checkout: 'You pay on Stripe’s secure page next, and go on here.',
  paying: (amount: string) => `Paying ${amount}`,
  payingNote: 'If you close this, it finishes by itself.',
  offline: 'No connection',
}

import type { Interval, UseEstimate } from '@softgate/sdk/contract'
import type { Bundle, Overuse } from '../catalog/bundle.ts'
import { grantWith } from '../catalog/limits.ts'
import type { Catalog } from '../catalog/model.ts'
import { overagesOf } from '../catalog/overage.ts'
import { rateOf, useRateWords } from '../catalog/rate.ts'
import { formatMoney, money } from '../kernel/money.ts'

/** What sentences about changes are made of. */
export interface Speech {
  catalog: Catalog
  /** IANA name; dates are read in it. */
  timeZone: string
  /** Epoch ms; a date of another year is said with its year. */
  now: number
}

export function dateOf({ timeZone, now }: Pick<Speech, 'timeZone' | 'now'>, at: number): string {
  const yearOf = (when: number): string => new Intl.DateTimeFormat('en', { year: 'numeric', timeZone }).format(when)
  const year = yearOf(at) === yearOf(now) ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone, ...year }).format(at)
}

export const planTitle = ({ catalog }: Speech, plan: string): string => catalog.plans[plan]?.title ?? plan

export const addonTitle = ({ catalog }: Speech, addon: string): string => catalog.addons[addon]?.title ?? addon

/** `3 seats`, in the words of the feature that is counted. */
export function countOf({ catalog }: Speech, feature: string, quantity: number): string {
  const spec = catalog.features[feature]
  const { one, other } = spec?.kind === 'metered' ? spec.unit : { one: 'unit', other: 'units' }
  return `${quantity} ${quantity === 1 ? one : other}`
}

/** A bundle in a few words: `Professional, 5 seats, by the year`. */
export function bundleWords(speech: Speech, { plan, interval, units, addons }: Bundle): string {
  const { prices = [] } = speech.catalog.plans[plan] ?? {}
  const beside = Object.entries(addons).map(([key, count]) => {
    const title = addonTitle(speech, key)
    return count === 1 ? title : `${count} × ${title}`
  })
  const parts = [planTitle(speech, plan), countOf(speech, prices[0]?.per ?? '', units), ...beside]
  return `${parts.join(', ')}, by the ${interval}`
}

/** What the user has to know of a change after which more is in use than is allowed. */
export const overuseNotices = (speech: Speech, over: readonly Overuse[]): string[] =>
  over.length === 0
    ? []
    : [...over.map((one) => overuseWords(speech, one)), 'What is there stays; more has to wait until there is room.']

/** When other prices of what is held begin, and what they are: a sentence each. */
export const repriceNotices = (
  speech: Speech,
  {
    at,
    bundle,
    repriced,
  }: { at: number; bundle: Bundle; repriced: readonly { addon: string | null; words: string }[] },
): string[] =>
  repriced.map(({ addon, words }) => {
    const title = addon === null ? planTitle(speech, bundle.plan) : addonTitle(speech, addon)
    return `From ${dateOf(speech, at)} on, ${title} costs ${words}.`
  })

/** That a period which begins anew keeps its day, where that is not the one on which it was billed so far: after February say. */
export function billingDayNotices(
  { timeZone }: Speech,
  { anchor }: { anchor: number },
  { interval, periodEnd }: { interval: string; periodEnd: number },
): string[] {
  const dayOf = (at: number): string => new Intl.DateTimeFormat('en', { day: 'numeric', timeZone }).format(at)
  if (interval !== 'month' || new Date(anchor).getUTCDate() === new Date(periodEnd).getUTCDate()) return []
  return [`It is billed on day ${dayOf(periodEnd)} of the month from then on, no longer on day ${dayOf(anchor)}.`]
}

/** What use beyond the limits of a plan costs, a sentence each. */
export function overageNotices({ catalog }: Speech, { plan, interval, addons }: Bundle, currency: string): string[] {
  return overagesOf(catalog, plan, { interval, currency }).flatMap((price) => {
    const feature = catalog.features[price.per]
    const limit = grantWith(catalog, plan, addons, price.per)
    if (feature?.kind !== 'metered' || typeof limit !== 'number') return []
    const rate = useRateWords(rateOf(price), currency, feature.unit)
    return [
      `${feature.title} beyond ${limit.toLocaleString('en')} each ${interval} cost ${rate}, billed when it is over.`,
    ]
  })
}

/** What use beyond limits will come to, a sentence each where that is more than nothing. */
export const useNotices = (speech: Speech, use: readonly UseEstimate[], at: number): string[] =>
  use.flatMap(({ title, forecast }) => {
    if (!forecast || forecast.most.amount === 0) return []
    const { amount, least, most } = forecast
    const range = `between ${formatMoney(least)} and ${formatMoney(most)}`
    return [`${title} come to about ${formatMoney(amount)} by ${dateOf(speech, at)} at your present rate, ${range}.`]
  })

/** What Checkout asks where the catalogue says so; by it, Stripe may find that less tax is due. */
export const taxNumberNotice = 'A business can enter its tax number in Checkout, which shows the tax that is left.'

/** That Checkout asks where the customer lives, as nobody can tell the tax before. */
export const placelessNotice = (prices: 'exclusive' | 'inclusive'): string =>
  prices === 'exclusive'
    ? 'Plus tax: Checkout asks for your address and shows the total before you pay.'
    : 'Tax is included: Checkout asks for your address and shows how much it is.'

/** Until when a discount lowers what is paid, and what comes after; `until` is null where it is for one invoice. */
export function passingNotice(
  speech: Speech,
  until: number | null,
  { total, currency, interval }: { total: number; currency: string; interval: Interval },
): string {
  const span = until === null ? 'once' : `until ${dateOf(speech, until)}`
  return `Discounted ${span}, then ${formatMoney(money(total, currency))} each ${interval}.`
}

/** How much too much is in use, and of what. */
export function overuseWords(speech: Speech, { feature, used, limit }: Overuse): string {
  const title = speech.catalog.features[feature]?.title ?? feature
  return `${title}: ${countOf(speech, feature, used)} in use, ${limit} would be left, ${used - limit} too many.`
}

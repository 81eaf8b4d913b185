import type { ComparedPlan, Each, FeatureAbout, Interval, Money, PlanGrant, PlanPrice } from '@softgate/sdk/contract'
import { spoken } from './about.ts'
import { client } from './client.ts'
import { number } from './format.ts'
import { locale, words } from './messages.ts'

export const plansEnglish = {
  included: 'Included',
  notIncluded: 'Not included',
  noLimit: 'No limit',
  asNeeded: 'As many as you need',
  free: 'Free',
  agreement: 'Talk to us',
  from: (price: string) => `from ${price}`,
  each: (unit: string | null, interval: string) => `a ${unit ?? 'unit'} each ${interval}`,
  forAccount: (amount: string, account: string) => `${amount} for ${account}`,
  pay: 'Pay',
  month: 'Monthly',
  year: 'Yearly',
  /** Where every plan saves as much by the year, and where one saves most. */
  yearLess: (share: string) => `Yearly, ${share} less`,
  yearUpTo: (share: string) => `Yearly, up to ${share} less`,
  /** Of a limit that is given anew. */
  every: (count: string, each: 'day' | 'week' | 'month' | 'year') => `${count} a ${each}`,
  window: (count: string, days: number) => `${count} in ${days} days`,
  /** Of a price by tiers, in the row of what a unit costs. */
  priceOf: (unit: string) => `Price of a ${unit}`,
  first: (count: string, price: string) => `First ${count}: ${price}`,
  next: (count: string, price: string) => `Next ${count}: ${price}`,
  rest: (price: string) => `All others: ${price}`,
  /** Of a price that holds for all of them, however many there are. */
  all: (price: string) => `${price} each`,
  upTo: (count: string, price: string) => `Up to ${count}: ${price}`,
  more: (price: string) => `More: ${price}`,
  once: (price: string, amount: string) => `${price}, and ${amount} once`,
  addons: 'Add-ons',
  addonPrice: (price: string, interval: string) => `${price} each ${interval}`,
  addAddon: (title: string) => `Add ${title}`,
  removeAddon: (title: string) => `Remove ${title}`,
  compareWith: (plan: string) => `Compare ${plan} with`,
  compared: 'Plans side by side',
  use: 'What you use',
  can: 'What you can do',
  count: (people: number) => `${people} asked`,
  asked: (what: string, buyer: boolean) => `${buyer ? 'Your team' : 'You'} asked for ${what}.`,
  covers: (plan: string, present: boolean) =>
    present ? `${plan} has it already.` : `${plan} is the smallest plan that covers it.`,
  beforeTax: 'Prices are before tax.',
  note: 'Prices are before tax. “See the price” shows what is due today before anything changes.',
  of: (plan: string) => `of ${plan}`,
  yours: 'Your plan',
  price: 'See the price',
  goTo: (plan: string) => `Go to ${plan}`,
  payYear: 'Pay by the year',
  payMonth: 'Pay by the month',
  keep: (plan: string) => `Keep ${plan}`,
  ends: (day: string) => `Ends ${day}`,
  comes: (day: string) => `From ${day}`,
  waiting: 'Asked',
  ask: (admins: string) => `Ask ${admins || 'an admin'}`,
  askVendor: 'Ask for a quote',
  forTeam: (plan: string) => `${plan} for your team`,
}

const aboutOf = (feature: string): FeatureAbout | undefined => client.value?.state.value?.about[feature]

/** What a feature is called. */
export const titleOf = (feature: string): string => aboutOf(feature)?.title ?? spoken(feature)

/** `1,000`, or `90 days` where the figure is of something. */
const counted = (feature: string, count: number): string => {
  const { unit } = aboutOf(feature) ?? {}
  const decision = client.value?.check(feature)
  const word = decision?.kind === 'static' && unit ? ` ${count === 1 ? unit.one : unit.other}` : ''
  return `${number(count)}${word}`
}

/** `1,000 a month`; the figure alone where it is a level, or it is not known how often it is billed. */
function limitWords(count: string, each: Each | undefined, billing: Interval | null): string {
  const say = words('plans', plansEnglish)
  if (typeof each === 'object') return say.window(count, each.days)
  const every = each === 'billing' ? billing : each
  return every ? say.every(count, every) : count
}

/** What a plan gives of a feature, in a word or two; `billing` is the interval by which the plan would be billed. */
export function grantWords(feature: string, grant: PlanGrant | undefined, billing: Interval | null = null): string {
  const say = words('plans', plansEnglish)
  switch (grant?.kind) {
    case 'included':
      return say.included
    case 'unlimited':
      return say.noLimit
    case 'purchased':
      return say.asNeeded
    case 'limit':
      return limitWords(counted(feature, grant.limit), grant.each, billing)
    case 'value':
      if (grant.value === null) return say.noLimit
      return typeof grant.value === 'number' ? counted(feature, grant.value) : String(grant.value)
    default:
      return say.notIncluded
  }
}

const priceIn = ({ prices }: ComparedPlan, interval: Interval): PlanPrice | undefined =>
  prices.find((one) => one.interval === interval)

/** What a plan costs this account each interval, before tax; null where it has no such price. */
export const totalOf = (plan: ComparedPlan, interval: Interval): Money | null => priceIn(plan, interval)?.total ?? null

/** What a unit of a plan costs, by how many there are: a line each. */
export function tierWords({ price, tiers }: PlanPrice): string[] {
  if (!tiers) return [priceWords(price)]
  const say = words('plans', plansEnglish)
  const graduated = tiers.mode === 'graduated'
  return tiers.steps.map(({ upTo, unit, flat }, index) => {
    const each = graduated ? priceWords(unit) : say.all(priceWords(unit))
    const amount = flat.amount ? say.once(each, priceWords(flat)) : each
    const before = tiers.steps[index - 1]?.upTo ?? 0
    if (upTo === null) return graduated ? say.rest(amount) : say.more(amount)
    if (!graduated) return say.upTo(number(upTo), amount)
    return (index ? say.next : say.first)(number(upTo - before), amount)
  })
}

/** `$12`, and `$12.50` where it is no whole number. */
export function priceWords(price: Money): string {
  const format = { style: 'currency', currency: price.currency } as const
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat(locale(), format).resolvedOptions()
  return (price.amount / 10 ** digits).toLocaleString(locale(), { ...format, trailingZeroDisplay: 'stripIfInteger' })
}

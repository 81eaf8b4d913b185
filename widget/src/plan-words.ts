import type { ComparedPlan, FeatureAbout, Money, PaymentMethod, PlanGrant } from '@softgate/sdk/contract'
import { spoken } from './about.ts'
import { client } from './client.ts'
import { number } from './format.ts'
import { words } from './messages.ts'

export const plansEnglish = {
  included: 'Included',
  notIncluded: 'Not included',
  noLimit: 'No limit',
  asNeeded: 'As many as you need',
  free: 'Free',
  agreement: 'Talk to us',
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

/** What a plan gives of a feature, in a word or two. */
export function grantWords(feature: string, grant: PlanGrant | undefined): string {
  const say = words('plans', plansEnglish)
  switch (grant?.kind) {
    case 'included':
      return say.included
    case 'unlimited':
      return say.noLimit
    case 'purchased':
      return say.asNeeded
    case 'limit':
      return counted(feature, grant.limit)
    case 'value':
      if (grant.value === null) return say.noLimit
      return typeof grant.value === 'number' ? counted(feature, grant.value) : String(grant.value)
    default:
      return say.notIncluded
  }
}

/** What a plan costs this account each interval, before tax; null where it has no such price. */
export function totalOf({ prices }: ComparedPlan, interval: string): Money | null {
  const found = prices.find((one) => one.interval === interval)
  return found ? { ...found.price, amount: found.price.amount * found.units } : null
}

/** `Visa`, as its owner reads it. */
export const brandOf = ({ brand }: Pick<PaymentMethod, 'brand'>): string =>
  ({ amex: 'American Express', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' })[brand] ??
  brand.charAt(0).toUpperCase() + brand.slice(1)

import type { DiscountRecord } from '../state/discount-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { amountOf } from './amounts.ts'
import { type Priced, priceOf } from './lines.ts'

/** What a discount takes off an amount, in minor units. */
export interface DiscountShare {
  readonly discount: string
  readonly amount: number
}

/** An amount that discounts may lower. */
export interface Discountable {
  readonly amount: number
  readonly product: string | null
}

/** Those of the named discounts that still stand. */
export const standing = (world: World, ids: readonly string[]): DiscountRecord[] =>
  ids.flatMap((id) => {
    const discount = world.store.get('discount', id)
    return discount && !discount.used && (discount.end === null || discount.end > world.seconds()) ? [discount] : []
  })

/**
 * What each discount takes off each amount, one discount after the other. A percentage is rounded to the nearest minor
 * unit by itself; an amount is shared out, each share rounded down and the rest on the last:
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function shareOut(
  world: World,
  parts: readonly Discountable[],
  discounts: readonly DiscountRecord[],
): DiscountShare[][] {
  const shares: DiscountShare[][] = parts.map(() => [])
  const left = parts.map(({ amount }) => amount)
  for (const discount of discounts) {
    const coupon = world.store.get('coupon', discount.coupon)
    if (!coupon) continue
    const meant = parts.flatMap(({ product }, index) => {
      const forIt = coupon.products === null || (product !== null && coupon.products.includes(product))
      return forIt && (left[index] ?? 0) > 0 ? [index] : []
    })
    const amounts = meant.map((index) => left[index] ?? 0)
    const off =
      coupon.percent_off === null
        ? sharedOut(coupon.amount_off ?? 0, amounts)
        : amounts.map((amount) => Math.round((amount * (coupon.percent_off ?? 0)) / 100))
    meant.forEach((index, place) => {
      const amount = off[place] ?? 0
      left[index] = (left[index] ?? 0) - amount
      shares[index]?.push({ discount: discount.id, amount })
    })
  }
  return shares
}

function sharedOut(total: number, amounts: readonly number[]): number[] {
  const sum = amounts.reduce((all, amount) => all + amount, 0)
  const off = Math.min(total, sum)
  if (off === 0) return amounts.map(() => 0)
  const shares = amounts.map((amount) => Math.floor((off * amount) / sum))
  const rest = off - shares.reduce((all, share) => all + share, 0)
  return shares.map((share, index) => (index === shares.length - 1 ? share + rest : share))
}

/** How much all of these shares are. */
export const sumOf = (shares: readonly { readonly amount: number }[]): number =>
  shares.reduce((sum, { amount }) => sum + amount, 0)

/**
 * What a whole period of each item comes to after discounts. Flexible billing shares an amount off out over all items;
 * classic billing takes it off each: https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function pricedItems(
  world: World,
  subscription: Pick<SubscriptionRecord, 'billing_mode' | 'currency' | 'discounts'>,
  items: readonly SubscriptionItemRecord[],
): Priced[] {
  const discounts = standing(world, subscription.discounts)
  const parts = items.map((item) => {
    const price = priceOf(world, item.price)
    return { amount: amountOf(price, item.quantity, subscription.currency), product: price.product }
  })
  const shares =
    subscription.billing_mode.type === 'flexible'
      ? shareOut(world, parts, discounts)
      : parts.map((part) => shareOut(world, [part], discounts)[0] ?? [])
  return items.map((item, index) => ({ item, whole: (parts[index]?.amount ?? 0) - sumOf(shares[index] ?? []) }))
}

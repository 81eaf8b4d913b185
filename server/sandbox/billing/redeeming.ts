import { invalid, missing } from '../errors.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { CouponRecord, DiscountRecord, PromotionCodeRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { boundary } from './periods.ts'
import { isValid } from './redeemable.ts'

/** One entry of `discounts`: a coupon, a promotion code, or a discount that is there already. */
export interface DiscountWish {
  readonly coupon?: string | undefined
  readonly discount?: string | undefined
  readonly promotion_code?: string | undefined
}

/** For whom discounts are redeemed, and on what. `subtotal` is in minor units. */
export interface Redeemer {
  readonly customer: CustomerRecord | null
  readonly subscription: string | null
  readonly currency: string
  readonly subtotal: number
}

/** Redeems what is wished for; the ids of the discounts, in order. */
export const redeemAll = (world: World, wishes: readonly DiscountWish[], by: Redeemer): string[] =>
  wishes.map((wish, index) => redeem(world, wish, by, `discounts[${index}]`))

function redeem(world: World, wish: DiscountWish, by: Redeemer, param: string): string {
  if (wish.discount !== undefined) {
    if (world.store.get('discount', wish.discount)) return wish.discount
    throw missing('discount', wish.discount, `${param}[discount]`)
  }
  const code = wish.promotion_code === undefined ? null : usableCode(world, wish.promotion_code, by, param)
  const id = code?.coupon ?? wish.coupon
  if (id === undefined) throw invalid('A discount needs a `coupon`, a `promotion_code` or a `discount`.', { param })
  const coupon = world.store.get('coupon', id)
  if (!coupon) throw missing('coupon', id, `${param}[coupon]`)
  checkCoupon(world, coupon, by, param)
  if (code) world.store.put('promotion_code', { ...code, times_redeemed: code.times_redeemed + 1 })
  world.store.put('coupon', { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
  const start = world.seconds()
  const months = coupon.duration === 'repeating' ? coupon.duration_in_months : null
  const discount: DiscountRecord = {
    id: world.nextId('di'),
    object: 'discount',
    coupon: coupon.id,
    customer: by.customer?.id ?? null,
    end: months === null ? null : boundary(start, { interval: 'month', interval_count: months }, 1),
    promotion_code: code?.id ?? null,
    start,
    subscription: by.subscription,
    used: false,
  }
  world.store.put('discount', discount)
  emit(world, 'customer.discount.created', discount)
  return discount.id
}

function checkCoupon(world: World, coupon: CouponRecord, by: Redeemer, param: string): void {
  if (!isValid(world, coupon)) {
    throw invalid(`Coupon expired: ${coupon.id}`, { code: 'coupon_expired', param: `${param}[coupon]` })
  }
  if (coupon.currency === null || coupon.currency === by.currency) return
  throw invalid(
    `This coupon has a currency of ${coupon.currency}, which does not match the currency ${by.currency} of what it is redeemed on.`,
    { param: `${param}[coupon]` },
  )
}

function usableCode(world: World, id: string, by: Redeemer, param: string): PromotionCodeRecord {
  const where = `${param}[promotion_code]`
  const code = world.store.get('promotion_code', id)
  if (!code) throw missing('promotion code', id, where)
  const why = objection(world, code, by)
  if (why === null) return code
  throw invalid(`This promotion code cannot be redeemed because ${why}.`, { param: where })
}

/** Why a promotion code cannot be redeemed; null when it can. */
export function objection(world: World, code: PromotionCodeRecord, { customer, ...by }: Redeemer): string | null {
  const { first_time_transaction, minimum_amount } = code.restrictions
  if (!code.active) return 'it is not active'
  if (code.expires_at !== null && code.expires_at <= world.seconds()) return 'it has expired'
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) return 'it was redeemed too often'
  if (code.customer !== null && code.customer !== customer?.id) return 'it is for another customer'
  const bought = customer !== null && world.store.all('charge').some((charge) => charge.customer === customer.id)
  if (first_time_transaction && bought) return 'the associated customer has prior transactions'
  const tooSmall = minimum_amount !== null && by.subtotal < minimum_amount
  return tooSmall ? `the subtotal is below the minimum amount of ${minimum_amount}` : null
}

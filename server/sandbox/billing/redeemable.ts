import type { CouponRecord, PromotionCodeRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'

/** True while a coupon can be redeemed. */
export const isValid = (world: World, { max_redemptions, redeem_by, times_redeemed }: CouponRecord): boolean =>
  (max_redemptions === null || times_redeemed < max_redemptions) && (redeem_by === null || redeem_by > world.seconds())

/** True while a promotion code can be redeemed: that takes a coupon that can be. */
export function isActive(world: World, code: PromotionCodeRecord): boolean {
  const coupon = world.store.get('coupon', code.coupon)
  const expired = code.expires_at !== null && code.expires_at <= world.seconds()
  const spent = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions
  return code.active && !expired && !spent && coupon !== undefined && isValid(world, coupon)
}

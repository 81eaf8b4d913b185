import { isActive } from '../billing/redeemable.ts'
import { invalid, missing } from '../errors.ts'
import type { CouponRecord, PromotionCodeRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  decimal,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  required,
  text,
  type Values,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

const CREATE = {
  amount_off: integer(),
  applies_to: object({ products: list(text()) }),
  currency: currencyCode(),
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: integer(),
  id: text(),
  max_redemptions: integer(),
  metadata: clearable(metadata()),
  name: text(),
  percent_off: decimal(),
  redeem_by: integer(),
}

function create(world: World, params: Values<typeof CREATE>): CouponRecord {
  const percent = params.percent_off === undefined ? null : Number(params.percent_off)
  if ((percent === null) === (params.amount_off === undefined)) {
    throw invalid('You must pass exactly one of `percent_off` and `amount_off`.', { param: 'percent_off' })
  }
  if (percent !== null && (percent <= 0 || percent > 100)) {
    throw invalid('Invalid percent: must be greater than 0 and at most 100.', { param: 'percent_off' })
  }
  if (params.amount_off !== undefined && params.currency === undefined) {
    throw invalid('You must pass `currency` when passing `amount_off`.', { param: 'currency' })
  }
  if ((params.duration === 'repeating') !== (params.duration_in_months !== undefined)) {
    throw invalid('`duration=repeating` needs `duration_in_months`, and only it has one.', {
      param: 'duration_in_months',
    })
  }
  const same = params.id === undefined ? undefined : world.store.get('coupon', params.id)
  // The id of one that was deleted is free again.
  if (same && same.max_redemptions !== 0) {
    throw invalid(`Coupon already exists: ${params.id}`, { code: 'resource_already_exists', param: 'id' })
  }
  return {
    id: params.id ?? world.nextId('coupon'),
    object: 'coupon',
    amount_off: params.amount_off ?? null,
    created: world.seconds(),
    currency: params.amount_off === undefined ? null : (params.currency ?? null),
    duration: params.duration ?? 'once',
    duration_in_months: params.duration_in_months ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: percent,
    products: params.applies_to?.products ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
  }
}

/** A coupon that was not deleted. */
function findCoupon(world: World, id: string, param = 'id'): CouponRecord {
  const coupon = find(world, 'coupon', id, param)
  if (coupon.max_redemptions === 0) throw missing('coupon', id, param)
  return coupon
}

/** https://docs.stripe.com/api/coupons */
export const couponRoutes: readonly Route[] = [
  route('POST', '/v1/coupons', CREATE, ({ world, params }) => {
    const coupon = create(world, params)
    world.store.put('coupon', coupon)
    emit(world, 'coupon.created', coupon)
    return render(world, coupon)
  }),
  route('GET', '/v1/coupons/:id', {}, ({ world, id }) => render(world, findCoupon(world, id))),
  route('POST', '/v1/coupons/:id', { metadata: clearable(metadata()), name: text() }, ({ world, params, id }) => {
    const before = findCoupon(world, id)
    const name = params.name ?? before.name
    const after = { ...before, metadata: mergeMetadata(before.metadata, params.metadata), name }
    world.store.put('coupon', after)
    emit(world, 'coupon.updated', after, before)
    return render(world, after)
  }),
  // Discounts that were redeemed stay what they are, so the coupon stays too, beyond its last redemption.
  route('DELETE', '/v1/coupons/:id', {}, ({ world, id }) => {
    const coupon = findCoupon(world, id)
    world.store.put('coupon', { ...coupon, max_redemptions: 0 })
    emit(world, 'coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  }),
  route('GET', '/v1/coupons', { ...LIST_PARAMS, created: range() }, ({ world, params }) => {
    const found = newestFirst(world, 'coupon').filter(
      (coupon) => coupon.max_redemptions !== 0 && (params.created?.(coupon.created) ?? true),
    )
    return page('/v1/coupons', found, params, (coupon) => render(world, coupon))
  }),
]

const RESTRICTIONS = object({
  first_time_transaction: flag(),
  minimum_amount: integer(),
  minimum_amount_currency: currencyCode(),
})
const CODE = {
  active: flag(),
  code: text(),
  customer: text(),
  expires_at: integer(),
  max_redemptions: integer(),
  metadata: metadata(),
  promotion: required(object({ coupon: required(text()), type: required(oneOf('coupon')) })),
  restrictions: RESTRICTIONS,
}

function createCode(world: World, params: Values<typeof CODE>): PromotionCodeRecord {
  const code = params.code ?? world.secret().slice(0, 8).toUpperCase()
  const same = (one: PromotionCodeRecord) => one.active && one.code.toLowerCase() === code.toLowerCase()
  if (world.store.all('promotion_code').some(same)) {
    throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
  }
  const { restrictions } = params
  return {
    id: world.nextId('promo'),
    object: 'promotion_code',
    active: params.active ?? true,
    code,
    coupon: findCoupon(world, params.promotion.coupon, 'promotion[coupon]').id,
    created: world.seconds(),
    customer: params.customer === undefined ? null : findCustomer(world, params.customer).id,
    expires_at: params.expires_at ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    restrictions: {
      first_time_transaction: restrictions?.first_time_transaction ?? false,
      minimum_amount: restrictions?.minimum_amount ?? null,
      minimum_amount_currency: restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  }
}

const CODES = { ...LIST_PARAMS, active: flag(), code: text(), coupon: text(), created: range(), customer: text() }

/** https://docs.stripe.com/api/promotion_codes */
export const promotionCodeRoutes: readonly Route[] = [
  route('POST', '/v1/promotion_codes', CODE, ({ world, params }) => {
    const code = createCode(world, params)
    world.store.put('promotion_code', code)
    emit(world, 'promotion_code.created', code)
    return render(world, code)
  }),
  route('GET', '/v1/promotion_codes/:id', {}, ({ world, id }) => render(world, find(world, 'promotion_code', id))),
  route(
    'POST',
    '/v1/promotion_codes/:id',
    { active: flag(), metadata: clearable(metadata()) },
    ({ world, params, id }) => {
      const before = find(world, 'promotion_code', id)
      const active = params.active ?? before.active
      const after = { ...before, active, metadata: mergeMetadata(before.metadata, params.metadata) }
      world.store.put('promotion_code', after)
      emit(world, 'promotion_code.updated', after, before)
      return render(world, after)
    },
  ),
  route('GET', '/v1/promotion_codes', CODES, ({ world, params }) => {
    const found = newestFirst(world, 'promotion_code').filter(
      (one) =>
        matches(params.active, isActive(world, one)) &&
        matches(params.code?.toLowerCase(), one.code.toLowerCase()) &&
        matches(params.coupon, one.coupon) &&
        matches<string | null>(params.customer, one.customer) &&
        (params.created?.(one.created) ?? true),
    )
    return page('/v1/promotion_codes', found, params, (one) => render(world, one))
  }),
]

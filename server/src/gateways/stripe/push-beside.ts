import type Stripe from 'stripe'
import { type BesideAtStripe, type BesideStep, type CouponAtStripe, featureKeyOf } from '../../billing/push-beside.ts'
import type { Promotion } from '../../catalog/at-stripe.ts'
import type { Catalog } from '../../catalog/model.ts'
import { reading } from './errors.ts'
import { findPortal, portalChanges, portalMark, portalParams, toPortal } from './portal.ts'

const ownPromotion = 'softgate_promotion'
const ownFeature = 'softgate_feature'

/** Reads what Stripe has of ours beside products and prices, and of the rest only what bears a name that the catalogue wants. */
export async function lookBeside(
  stripe: Stripe,
  catalog: Catalog,
  products: readonly string[],
): Promise<BesideAtStripe> {
  const coupons: CouponAtStripe[] = []
  for await (const { id, metadata } of stripe.coupons.list({ limit: 100 }))
    if (metadata?.[ownPromotion] !== undefined) coupons.push({ id, codes: await codesOf(stripe, id) })
  const foreign = Object.values(catalog.promotions).map(({ code }) => foreignCode(stripe, code, coupons))
  const features = catalog.stripeFeatures ? await featuresOf(stripe, catalog) : []
  const attached: BesideAtStripe['attached'] = {}
  if (catalog.stripeFeatures)
    for (const product of products)
      attached[product] = (await stripe.products.listFeatures(product, { limit: 100 })).data.map((one) => ({
        id: one.id,
        feature: one.entitlement_feature.id,
      }))
  const portal = catalog.portal && (await findPortal(stripe))
  return {
    coupons,
    foreignCodes: (await Promise.all(foreign)).flat(),
    features,
    attached,
    portal: portal && toPortal(portal),
  }
}

async function codesOf(stripe: Stripe, coupon: string): Promise<CouponAtStripe['codes']> {
  const codes: CouponAtStripe['codes'] = []
  for await (const { id, code, active } of stripe.promotionCodes.list({ coupon, limit: 100 }))
    codes.push({ id, code, active })
  return codes
}

/** The code itself where something else than a coupon of ours goes by it now. */
async function foreignCode(stripe: Stripe, code: string, ours: readonly CouponAtStripe[]): Promise<string[]> {
  const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 10 })
  const isOurs = ({ id, metadata }: Stripe.PromotionCode): boolean =>
    metadata?.[ownPromotion] !== undefined || ours.some(({ codes }) => codes.some((one) => one.id === id))
  return data.every(isOurs) ? [] : [code]
}

async function featuresOf(stripe: Stripe, { features: wanted }: Catalog): Promise<BesideAtStripe['features']> {
  const keys = new Set(Object.keys(wanted).map(featureKeyOf))
  const found: BesideAtStripe['features'] = []
  for await (const { id, lookup_key: key, name, metadata } of stripe.entitlements.features.list({
    archived: false,
    limit: 100,
  })) {
    const ours = metadata[ownFeature] !== undefined
    if (ours || keys.has(key)) found.push({ id, key, name, ours })
  }
  return found
}

/** Does one step. Safe to repeat: what is there by now is kept. */
export async function applyBeside(stripe: Stripe, step: BesideStep): Promise<void> {
  switch (step.do) {
    case 'create_promotion':
      return createPromotion(stripe, step)
    case 'end_promotion':
      for (const { id, active } of step.coupon.codes)
        if (active) await stripe.promotionCodes.update(id, { active: false })
      // Who has redeemed it keeps what it takes off.
      await stripe.coupons.del(step.coupon.id)
      return
    case 'create_feature':
      await stripe.entitlements.features.create({
        lookup_key: step.key,
        name: step.name,
        metadata: { [ownFeature]: step.key },
      })
      return
    case 'change_feature':
      await stripe.entitlements.features.update(step.feature.id, { name: step.name })
      return
    case 'archive_feature':
      await stripe.entitlements.features.update(step.feature.id, { active: false })
      return
    case 'attach_feature': {
      const { data } = await stripe.entitlements.features.list({ lookup_key: step.key, archived: false })
      const [feature] = data
      if (!feature) throw new Error(`Stripe has no feature ${step.key}. Push again.`)
      await stripe.products.createFeature(step.product, { entitlement_feature: feature.id })
      return
    }
    case 'detach_feature':
      await stripe.products.deleteFeature(step.product, step.id)
      return
    case 'set_portal':
      if (step.id !== null) await stripe.billingPortal.configurations.update(step.id, portalChanges(step.settings))
      else
        await stripe.billingPortal.configurations.create({
          ...portalParams(step.settings),
          metadata: { softgate_portal: portalMark },
        })
  }
}

async function createPromotion(
  stripe: Stripe,
  { key, coupon: id, promotion, products }: Extract<BesideStep, { do: 'create_promotion' }>,
): Promise<void> {
  const known = await reading('reading the coupon', () => stripe.coupons.retrieve(id))
  if (!known)
    await stripe.coupons.create({
      id,
      name: promotion.title,
      ...discountOf(promotion),
      ...(products && { applies_to: { products } }),
      metadata: { [ownPromotion]: key },
    })
  const { code, maxRedemptions, expiresAt, firstPurchaseOnly } = promotion
  // One of ours may be left of a coupon that somebody has deleted.
  for (const { id: left, metadata } of (await stripe.promotionCodes.list({ code, limit: 100 })).data)
    if (metadata?.[ownPromotion] !== undefined) await stripe.promotionCodes.update(left, { active: false })
  await stripe.promotionCodes.create({
    code,
    promotion: { type: 'coupon', coupon: id },
    ...(maxRedemptions !== undefined && { max_redemptions: maxRedemptions }),
    ...(expiresAt !== undefined && { expires_at: Math.floor(Date.parse(expiresAt) / 1_000) }),
    ...(firstPurchaseOnly && { restrictions: { first_time_transaction: true } }),
    metadata: { [ownPromotion]: key },
  })
}

const discountOf = ({ percentOff, amountOff, lasts }: Promotion): Stripe.CouponCreateParams => ({
  ...(percentOff === undefined
    ? { amount_off: amountOff.amount, currency: amountOff.currency }
    : { percent_off: percentOff }),
  ...(typeof lasts === 'object'
    ? { duration: 'repeating' as const, duration_in_months: lasts.months }
    : { duration: lasts }),
})

import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import { planPush } from '../../server/src/billing/push.ts'
import { wordsOf } from '../../server/src/billing/push-words.ts'
import type { ConfigInput } from '../../server/src/catalog/define.ts'
import { applyStep, lookAtStripe, pushCatalog } from '../../server/src/gateways/stripe/push.ts'
import { customer, openShop, type Shop } from '../sandbox/shop.ts'

type Config = ConfigInput<string, string, string>

const catalog = (more: Partial<Config> = {}) =>
  defineConfig<string, string, string>({
    features: {
      seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } },
      sso: { kind: 'boolean', title: 'Single sign-on' },
      audit: { kind: 'boolean', title: 'Audit log' },
    },
    plans: {
      free: { title: 'Free', grants: { seats: 3 } },
      team: {
        title: 'Team',
        grants: { seats: 'purchased', sso: true },
        prices: [{ interval: 'month', currency: 'usd', unitAmount: 1_200, per: 'seats' }],
      },
    },
    defaultPlan: 'free',
    ...more,
  })

const spring = { code: 'SPRING', title: 'Spring', percentOff: 20, lasts: { months: 3 }, plans: ['team'] } as const
const whole: Partial<Config> = {
  promotions: { spring },
  stripeFeatures: true,
  portal: { customerUpdate: ['email'], headline: 'Your plan', terms: 'https://app.example/terms' },
}
const planOf = async ({ stripe }: Shop, wanted = catalog()) => planPush(wanted, await lookAtStripe(stripe, wanted))

test('codes, features and the portal are shown in the plan, made by the push, and left alone by the next', async () => {
  const shop = await openShop()
  const { stripe } = shop
  await pushCatalog(stripe, catalog())
  const { steps } = await planOf(shop, catalog(whole))
  expect(steps.map(wordsOf)).toEqual([
    '+ code    SPRING: 20 % off, for 3 months',
    '+ feature softgate_sso "Single sign-on"',
    '+ feature softgate_audit "Audit log"',
    '+ feature softgate_sso comes with softgate_team',
    '+ portal  customers change email',
  ])
  await pushCatalog(stripe, catalog(whole))
  expect(await planOf(shop, catalog(whole))).toEqual({ steps: [], conflicts: [] })
  const [code] = (await stripe.promotionCodes.list({ code: 'SPRING', expand: ['data.promotion.coupon'] })).data
  expect(code?.promotion.coupon).toMatchObject({ name: 'Spring', percent_off: 20, duration_in_months: 3 })
  const coupon = await stripe.coupons.retrieve((code?.promotion.coupon as { id: string } | undefined)?.id ?? '', {
    expand: ['applies_to'],
  })
  expect(coupon.applies_to).toEqual({ products: ['softgate_team'] })
  const [portal] = (await stripe.billingPortal.configurations.list()).data
  expect(portal).toMatchObject({
    business_profile: { headline: 'Your plan', terms_of_service_url: 'https://app.example/terms' },
    features: { customer_update: { allowed_updates: ['email'] }, subscription_update: { enabled: false } },
  })
})

test('what the portal says no more is taken away, and what others have switched in it is put back', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const full = catalog({
    portal: {
      customerUpdate: ['email', 'address'],
      headline: 'Your plan',
      privacyPolicy: 'https://app.example/privacy',
      terms: 'https://app.example/terms',
    },
  })
  const bare = catalog({ portal: { customerUpdate: [] } })
  await pushCatalog(stripe, full)
  expect((await planOf(shop, bare)).steps.map((step) => step.do)).toEqual(['set_portal'])
  await pushCatalog(stripe, bare)
  expect(await planOf(shop, bare)).toEqual({ steps: [], conflicts: [] })
  const [portal] = (await stripe.billingPortal.configurations.list()).data
  expect(portal).toMatchObject({
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    features: { customer_update: { enabled: false, allowed_updates: [] } },
  })
  await pushCatalog(stripe, full)
  expect(await planOf(shop, full)).toEqual({ steps: [], conflicts: [] })

  // Plans that change there would change without a quote.
  await stripe.billingPortal.configurations.update(portal?.id ?? '', {
    features: { subscription_cancel: { enabled: true } },
  })
  expect((await planOf(shop, full)).steps.map((step) => step.do)).toEqual(['set_portal'])
  await pushCatalog(stripe, full)
  expect(
    (await stripe.billingPortal.configurations.retrieve(portal?.id ?? '')).features.subscription_cancel.enabled,
  ).toBe(false)
  expect(await planOf(shop, full)).toEqual({ steps: [], conflicts: [] })
})

test('other terms are another coupon under the same code; who redeemed the old one keeps it', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const prices = await pushCatalog(stripe, catalog(whole))
  const { id } = await customer(stripe)
  const [old] = (await stripe.promotionCodes.list({ code: 'SPRING' })).data
  const items = [{ price: prices.get('softgate_team_month_usd') ?? '', quantity: 1 }]
  const redeemed = await stripe.subscriptions.create({
    customer: id,
    items,
    discounts: [{ promotion_code: old?.id ?? '' }],
  })
  const deeper = catalog({ ...whole, promotions: { spring: { ...spring, percentOff: 30 } } })
  expect((await planOf(shop, deeper)).steps.map(wordsOf)).toEqual([
    '- code    SPRING: redeemed no more, who has it keeps it',
    '+ code    SPRING: 30 % off, for 3 months',
  ])
  await pushCatalog(stripe, deeper)
  const active = (await stripe.promotionCodes.list({ code: 'SPRING', active: true, expand: ['data.promotion.coupon'] }))
    .data
  expect(active.map(({ promotion }) => (promotion.coupon as { percent_off: number }).percent_off)).toEqual([30])
  const { total } = await stripe.invoices.createPreview({ subscription: redeemed.id })
  expect(total).toBe(960)

  await pushCatalog(stripe, catalog())
  expect((await stripe.promotionCodes.list({ active: true })).data).toEqual([])
})

test('a push cut off between any two steps is finished by the next one', async () => {
  const wanted = catalog(whole)
  const count = (await planOf(await openShop(), wanted)).steps.length
  for (let done = 1; done < count; done++) {
    const shop = await openShop()
    for (const step of (await planOf(shop, wanted)).steps.slice(0, done)) await applyStep(shop.stripe, step)
    await pushCatalog(shop.stripe, wanted)
    expect(await planOf(shop, wanted)).toEqual({ steps: [], conflicts: [] })
  }
})

test('what a feature no longer comes with is taken off; one that others attached stays', async () => {
  const shop = await openShop()
  const { stripe } = shop
  await pushCatalog(stripe, catalog(whole))
  const theirs = await stripe.entitlements.features.create({ lookup_key: 'beta', name: 'Beta' })
  await stripe.products.createFeature('softgate_team', { entitlement_feature: theirs.id })
  const { plans, features } = catalog()
  const { team } = plans
  if (!team) throw new Error('the catalogue has no Team')
  const { sso: _, ...others } = features
  const without = catalog({
    ...whole,
    features: { ...others, audit: { kind: 'boolean', title: 'Audit trail' } },
    plans: { ...plans, team: { ...team, grants: { seats: 'purchased' } } } as Config['plans'],
  })
  expect((await planOf(shop, without)).steps.map(wordsOf)).toEqual([
    '~ feature softgate_audit "Audit log" becomes "Audit trail"',
    '- feature softgate_sso comes no more with softgate_team',
    '- feature softgate_sso',
  ])
  await pushCatalog(stripe, without)
  const attached = (await stripe.products.listFeatures('softgate_team')).data
  expect(attached.map(({ entitlement_feature: feature }) => feature.lookup_key)).toEqual(['beta'])
  expect(await stripe.entitlements.features.retrieve(theirs.id)).toMatchObject({ active: true })
})

test('a code or a feature that somebody else made stops the push before its first step', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const coupon = await stripe.coupons.create({ percent_off: 5 })
  const code = await stripe.promotionCodes.create({ code: 'spring', promotion: { type: 'coupon', coupon: coupon.id } })
  const feature = await stripe.entitlements.features.create({ lookup_key: 'softgate_sso', name: 'Theirs' })
  await expect(pushCatalog(stripe, catalog(whole))).rejects.toThrow(
    `The code SPRING is in use at Stripe and was not made by Softgate. End it there.\nThe feature ${feature.id} has the lookup key`,
  )
  expect((await stripe.products.list()).data).toEqual([])
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ active: true })
})

test('a code that ran out, or was ended by hand, is not made again', async () => {
  const shop = await openShop()
  await pushCatalog(shop.stripe, catalog(whole))
  const [code] = (await shop.stripe.promotionCodes.list({ code: 'SPRING' })).data
  await shop.stripe.promotionCodes.update(code?.id ?? '', { active: false })
  expect(await planOf(shop, catalog(whole))).toEqual({ steps: [], conflicts: [] })
})

test('faulty promotions are named when the configuration is read', () => {
  const faulty = { ...spring, code: 'S P', percentOff: 120, plans: ['gone'], maxRedemptions: 0, expiresAt: 'soon' }
  expect(() => catalog({ promotions: { faulty } as never })).toThrow(/has 5 faults/)
})

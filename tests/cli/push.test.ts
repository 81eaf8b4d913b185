import { defineConfig } from '@softgate/server'
import { describe, expect, test } from 'vitest'
import { planPush } from '../../server/src/billing/push.ts'
import { wordsOf } from '../../server/src/billing/push-words.ts'
import type { Catalog, Feature } from '../../server/src/catalog/model.ts'
import type { Tiered } from '../../server/src/catalog/rate.ts'
import { applyStep, lookAtStripe, pushCatalog } from '../../server/src/gateways/stripe/push.ts'
import { customer, openShop, type Shop } from '../sandbox/shop.ts'
import { withCalls } from '../support/metered.ts'

const catalog = (unitAmount = 1_200, title = 'Team') =>
  defineConfig({
    features: { seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } } },
    plans: {
      free: { title: 'Free', grants: { seats: 3 } },
      team: {
        title,
        grants: { seats: 'purchased' },
        prices: [{ interval: 'month', currency: 'usd', unitAmount, per: 'seats' }],
      },
    },
    defaultPlan: 'free',
  })
const key = 'softgate_team_month_usd'

const planOf = async ({ stripe }: Shop, wanted = catalog()) => planPush(wanted, await lookAtStripe(stripe, wanted))

test('an empty Stripe gets products and prices, and a second push has nothing to do', async () => {
  const shop = await openShop()
  expect((await planOf(shop)).steps.map((step) => step.do)).toEqual(['create_product', 'create_price'])
  const ids = await pushCatalog(shop.stripe, catalog())
  expect(await shop.stripe.prices.retrieve(ids.get(key) ?? '')).toMatchObject({
    unit_amount: 1_200,
    lookup_key: key,
    product: 'softgate_team',
  })
  expect(await planOf(shop)).toEqual({ steps: [], conflicts: [] })
  expect(await pushCatalog(shop.stripe, catalog())).toEqual(ids)
})

test('another amount is another price: it takes the key, and who subscribed before keeps the old one', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const old = (await pushCatalog(stripe, catalog())).get(key) ?? ''
  const { id } = await customer(stripe)
  const before = await stripe.subscriptions.create({ customer: id, items: [{ price: old, quantity: 5 }] })
  const fresh = (await pushCatalog(stripe, catalog(1_500))).get(key) ?? ''
  expect(fresh).not.toBe(old)
  expect(await stripe.prices.retrieve(fresh)).toMatchObject({ unit_amount: 1_500, lookup_key: key, active: true })
  expect(await stripe.prices.retrieve(old)).toMatchObject({
    unit_amount: 1_200,
    lookup_key: null,
    active: false,
    metadata: { softgate_key: key },
  })
  const { items } = await stripe.subscriptions.retrieve(before.id)
  expect(items.data[0]?.price.id).toBe(old)
  expect((await planOf(shop, catalog(1_500))).steps).toEqual([])
})

test('a push cut off between any two steps is finished by the next one', async () => {
  const shop = await openShop()
  await pushCatalog(shop.stripe, catalog())
  const [first] = (await planOf(shop, catalog(1_500, 'Crew'))).steps
  if (!first) throw new Error('nothing to do')
  await applyStep(shop.stripe, first)
  await pushCatalog(shop.stripe, catalog(1_500, 'Crew'))
  expect(await planOf(shop, catalog(1_500, 'Crew'))).toEqual({ steps: [], conflicts: [] })
  const { data } = await shop.stripe.prices.list({ lookup_keys: [key], active: true })
  expect(data).toHaveLength(1)
})

test('a title that changed renames the product; a plan that is gone is sold no more', async () => {
  const shop = await openShop()
  await pushCatalog(shop.stripe, catalog())
  await pushCatalog(shop.stripe, catalog(1_200, 'Crew'))
  expect(await shop.stripe.products.retrieve('softgate_team')).toMatchObject({ name: 'Crew' })
  const empty = defineConfig({ features: {}, plans: { free: { title: 'Free', grants: {} } }, defaultPlan: 'free' })
  const { steps } = await planOf(shop, empty)
  expect(steps).toMatchObject([{ do: 'archive_price', price: { ours: key } }])
  await pushCatalog(shop.stripe, empty)
  expect(await planOf(shop, empty)).toEqual({ steps: [], conflicts: [] })
})

test('what is not ours is never touched: a foreign price with our key stops the push before its first step', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const foreign = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    lookup_key: key,
    recurring: { interval: 'month' },
    product_data: { name: 'Somebody else’s' },
  })
  await expect(pushCatalog(stripe, catalog())).rejects.toThrow(
    `The price ${foreign.id} has the lookup key ${key} and was not made by Softgate`,
  )
  expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(['Somebody else’s'])
  expect(await stripe.prices.retrieve(foreign.id)).toMatchObject({ active: true, unit_amount: 900, lookup_key: key })
})

test('tiers are pushed as they are written, compared step by step, and told in words', async () => {
  const shop = await openShop()
  const [plain] = catalog().plans.team?.prices ?? []
  if (!plain) throw new Error('no price')
  const { interval, currency, per } = plain
  const byTiers = (mode: Tiered['mode'], last = 800): Catalog => {
    const tiers = [
      { upTo: 10, unit: 1_200, flat: 500 },
      { upTo: null, unit: last },
    ]
    const { team, ...others } = catalog().plans
    if (!team) throw new Error('no plan')
    return { ...catalog(), plans: { ...others, team: { ...team, prices: [{ interval, currency, per, mode, tiers }] } } }
  }
  const ids = await pushCatalog(shop.stripe, byTiers('graduated'))
  const made = await shop.stripe.prices.retrieve(ids.get(key) ?? '', { expand: ['tiers'] })
  expect([made.billing_scheme, made.tiers_mode]).toEqual(['tiered', 'graduated'])
  expect(made.tiers?.map(({ up_to, unit_amount, flat_amount }) => [up_to, unit_amount, flat_amount])).toEqual([
    [10, 1_200, 500],
    [null, 800, null],
  ])
  expect((await planOf(shop, byTiers('graduated'))).steps).toEqual([])
  const other = [byTiers('volume'), byTiers('graduated', 700), catalog()]
  for (const wanted of other) expect((await planOf(shop, wanted)).steps).toHaveLength(1)
  const [step] = (await planOf(shop, byTiers('volume', 700))).steps
  expect(step && wordsOf(step)).toBe(
    `~ price   ${key} from graduated tiers a month (1 to 10 $12.00 and $5.00 once, from 11 $8.00) to volume tiers a month (1 to 10 $12.00 and $5.00 once, from 11 $7.00); subscribers of ${ids.get(key)} keep theirs`,
  )
})

test('of prices only ours are read, however much else the account sells, and whatever of ours lies beyond the first page', async () => {
  const shop = await openShop()
  const { stripe } = shop
  await pushCatalog(stripe, catalog())
  // A plan that has left the catalogue, beyond the first page of products.
  await stripe.products.create({ id: 'softgate_gone', name: 'Gone' })
  for (let i = 0; i < 101; i++) await stripe.products.create({ name: `Another ${i}` })
  for (let i = 0; i < 114; i++)
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: 100 + i,
      recurring: { interval: 'month' },
      // Every one of them a price that a push has made and that is sold no more, but for the first ten.
      ...(i < 10 ? { product_data: { name: `Other ${i}` } } : { product: i < 112 ? 'softgate_team' : 'softgate_gone' }),
      ...(i >= 10 && { metadata: { softgate_key: `softgate_gone${i}_month_usd` } }),
    })
  const { steps } = await planOf(shop)
  expect(steps.map((step) => step.do)).toEqual(Array.from({ length: 104 }, () => 'archive_price'))
  await pushCatalog(stripe, catalog())
  expect(await planOf(shop)).toEqual({ steps: [], conflicts: [] })
  const { prices, products } = await lookAtStripe(stripe, catalog())
  expect([prices.map(({ lookupKey }) => lookupKey), products.map(({ id }) => id)]).toEqual([[key], ['softgate_team']])
})

test('use that is billed gets a meter, a product and prices that bill it; another title or a lost meter is put right', async () => {
  const shop = await openShop()
  const { stripe } = shop
  const calls = (title = 'API calls'): Catalog => {
    const { features, ...rest } = withCalls({ unitAmount: 100, units: 1_000 })
    return { ...rest, features: { ...features, calls: { ...features.calls, title } as Feature } }
  }
  const { steps } = await planOf(shop, calls())
  expect(steps.filter((step) => step.do === 'create_meter').map(wordsOf)).toContain(
    '+ meter   softgate_calls "API calls"',
  )
  const ids = await pushCatalog(stripe, calls())
  const [meter] = (await stripe.billing.meters.list({ status: 'active' })).data
  expect(meter).toMatchObject({ event_name: 'softgate_calls', default_aggregation: { formula: 'sum' } })
  const made = await stripe.prices.retrieve(ids.get('softgate_overage.starter.calls_month_usd') ?? '')
  expect(made).toMatchObject({
    unit_amount: 100,
    transform_quantity: { divide_by: 1_000, round: 'up' },
    product: 'softgate_overage.calls',
    recurring: { usage_type: 'metered', meter: meter?.id, interval: 'month' },
  })
  expect(await planOf(shop, calls())).toEqual({ steps: [], conflicts: [] })

  await pushCatalog(stripe, calls('Requests'))
  expect((await stripe.billing.meters.retrieve(meter?.id ?? '')).display_name).toBe('Requests')
  expect(await planOf(shop, calls('Requests'))).toEqual({ steps: [], conflicts: [] })

  await stripe.billing.meters.deactivate(meter?.id ?? '')
  await pushCatalog(stripe, calls('Requests'))
  const [again] = (await stripe.billing.meters.list({ status: 'active' })).data
  const { data } = await stripe.prices.list({ lookup_keys: ['softgate_overage.starter.calls_month_usd'] })
  expect(data.map(({ recurring }) => recurring?.meter)).toEqual([again?.id])
})

describe('where tax is in a price', () => {
  const taxed = (prices: 'exclusive' | 'inclusive') => ({ ...catalog(), tax: { automatic: true as const, prices } })
  const behaviorOf = async ({ stripe }: Shop, id: string) => (await stripe.prices.retrieve(id)).tax_behavior

  test('is said of prices that have not said it: they stay what they are, and so do their subscribers', async () => {
    const shop = await openShop()
    const plain = (await pushCatalog(shop.stripe, catalog())).get(key) ?? ''
    const { steps } = await planOf(shop, taxed('exclusive'))
    expect(steps.map(wordsOf)).toEqual([`~ price   ${key} (${plain}): tax on top, which cannot be changed later`])
    expect((await pushCatalog(shop.stripe, taxed('exclusive'))).get(key)).toBe(plain)
    expect(await behaviorOf(shop, plain)).toBe('exclusive')
    expect((await planOf(shop, taxed('exclusive'))).steps).toEqual([])
    expect((await planOf(shop, catalog())).steps).toEqual([])
  })

  test('cannot be changed: the other way is another price', async () => {
    const shop = await openShop()
    const onTop = (await pushCatalog(shop.stripe, taxed('exclusive'))).get(key) ?? ''
    const { steps } = await planOf(shop, taxed('inclusive'))
    expect(steps.map(wordsOf)).toEqual([
      `~ price   ${key} from $12.00 a month to $12.00 a month, tax included; subscribers of ${onTop} keep theirs`,
    ])
    const within = (await pushCatalog(shop.stripe, taxed('inclusive'))).get(key) ?? ''
    expect([within === onTop, await behaviorOf(shop, within)]).toEqual([false, 'inclusive'])
    expect((await planOf(shop, taxed('inclusive'))).steps).toEqual([])
  })

  test('is said with the key that somebody has taken away', async () => {
    const shop = await openShop()
    const plain = (await pushCatalog(shop.stripe, catalog())).get(key) ?? ''
    await shop.stripe.prices.update(plain, { lookup_key: '' })
    expect((await planOf(shop, taxed('inclusive'))).steps.map((step) => step.do)).toEqual(['key_price', 'tax_price'])
    expect((await pushCatalog(shop.stripe, taxed('inclusive'))).get(key)).toBe(plain)
    expect((await planOf(shop, taxed('inclusive'))).steps).toEqual([])
  })
})

import type { Account, DoctorAnswer, Finding, State, Upgrade } from '@softgate/sdk/contract'
import { beforeAll, expect, test } from 'vitest'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { createApi } from '../support/api.ts'
import { quoteFor } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { forAll } from '../support/cleanup.ts'
import { type Harness, hour, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { call, withCalls } from '../support/metered.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { tamper } from '../support/tamper.ts'

const config: Catalog = {
  ...withCalls(),
  stripeFeatures: true,
  promotions: { spring: { code: 'SPRING', title: 'Spring', percentOff: 20, lasts: 'once' } },
  portal: { customerUpdate: ['email'], headline: null, privacyPolicy: null, terms: null },
}

interface Kind {
  name: string
  code: Finding['code']
  /** Makes it; the account `id` is this case's alone. */
  drift(harness: Harness, id: string): Promise<unknown>
  /** What the finding says. */
  says: RegExp
  /** What a person does where nobody but one may choose; the doctor mends all others. */
  byHand?(harness: Harness, id: string): Promise<unknown>
  /** What it brings with it. */
  also?: Finding['code'][]
}

const endpoint = async ({ stripe }: Harness) => (await stripe.webhookEndpoints.list()).data[0]?.id ?? ''
const priceOf = ({ prices }: Harness, key: string): string => prices.get(key) ?? ''
const lookedUp = async ({ stripe }: Harness, key: string): Promise<string> =>
  (await stripe.prices.list({ lookup_keys: [key] })).data[0]?.id ?? ''
const started = (harness: Harness, id: string) =>
  subscribe(harness, { id, seats: 2, terms: { metadata: { softgate_account: id } } })
const starter = 'softgate_starter_month_usd'

const kinds: Kind[] = [
  {
    name: 'a price is off sale',
    code: 'catalogue_differs',
    drift: ({ stripe, ...harness }) =>
      stripe.prices.update(priceOf({ stripe, ...harness }, 'softgate_business_month_usd'), { active: false }),
    says: /~ price +softgate_business_month_usd/,
  },
  {
    name: 'a price has lost its lookup key',
    code: 'catalogue_differs',
    drift: ({ stripe, ...harness }) =>
      stripe.prices.update(priceOf({ stripe, ...harness }, 'softgate_business_year_usd'), { lookup_key: '' }),
    says: /~ price +price_\S+ gets its key softgate_business_year_usd back/,
  },
  {
    name: 'a product was renamed',
    code: 'catalogue_differs',
    drift: ({ stripe }) => stripe.products.update('softgate_starter', { name: 'Begin' }),
    says: /product softgate_starter "Begin" becomes "Starter"/,
  },
  {
    name: 'a product is off sale',
    code: 'catalogue_differs',
    drift: ({ stripe }) => stripe.products.update('softgate_starter', { active: false }),
    says: /product softgate_starter "Starter" on sale again/,
  },
  {
    name: 'a coupon was deleted',
    code: 'catalogue_differs',
    drift: async ({ stripe }) => {
      const { data } = await stripe.coupons.list()
      await stripe.coupons.del(data.find(({ metadata }) => metadata?.softgate_promotion)?.id ?? '')
    },
    says: /[+] code +SPRING: 20 % off, once/,
  },
  {
    name: 'the portal lets customers cancel by themselves',
    code: 'catalogue_differs',
    drift: async ({ stripe }) => {
      const { data } = await stripe.billingPortal.configurations.list()
      await stripe.billingPortal.configurations.update(data[0]?.id ?? '', {
        features: { subscription_cancel: { enabled: true } },
      })
    },
    says: /~ portal/,
  },
  {
    name: 'a feature no longer comes with its plan',
    code: 'catalogue_differs',
    drift: async ({ stripe }) => {
      const { data } = await stripe.products.listFeatures('softgate_professional')
      await stripe.products.deleteFeature('softgate_professional', data[0]?.id ?? '')
    },
    says: /feature softgate_\w+ comes with softgate_professional/,
  },
  {
    name: 'a meter was renamed',
    code: 'catalogue_differs',
    drift: async ({ stripe }) => {
      const { data } = await stripe.billing.meters.list()
      await stripe.billing.meters.update(data[0]?.id ?? '', { display_name: 'Requests' })
    },
    says: /meter +\S+ "Requests" becomes "API calls"/,
  },
  {
    name: 'webhooks are switched off',
    code: 'webhook_differs',
    drift: async (harness) => harness.stripe.webhookEndpoints.update(await endpoint(harness), { disabled: true }),
    says: /is switched off/,
  },
  {
    name: 'webhooks lack events',
    code: 'webhook_differs',
    drift: async (harness) =>
      harness.stripe.webhookEndpoints.update(await endpoint(harness), { enabled_events: ['invoice.paid'] }),
    says: /is not told of .*customer[.]subscription[.]updated/,
  },
  {
    name: 'seats were bought at Stripe',
    code: 'subscription_differs',
    drift: async (harness, id) => {
      const { subscription } = await started(harness, id)
      const { items } = await harness.stripe.subscriptions.retrieve(subscription)
      await harness.stripe.subscriptions.update(subscription, { items: [{ id: items.data[0]?.id ?? '', quantity: 9 }] })
    },
    says: /has .*2 seats.*, Stripe has .*9 seats/,
  },
  {
    name: 'a subscription was ended at Stripe',
    code: 'subscription_differs',
    drift: async (harness, id) => harness.stripe.subscriptions.cancel((await started(harness, id)).subscription),
    says: /active.*, Stripe has .*canceled/,
  },
  {
    name: 'a subscription is of no account here, and names one',
    code: 'subscription_unknown',
    drift: async (harness, id) => {
      await started(harness, id)
      await harness.host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: null })
    },
    says: /no account here has that customer/,
  },
  {
    name: 'an upgrade that nobody finished',
    code: 'upgrade_stuck',
    drift: async (harness, id) => {
      await openFree(harness, { id })
      const ben = harness.as(id, 'ben')
      const quote = await quoteFor(ben, { kind: 'switch', title: 'Starter', interval: 'month', quantity: 2 })
      await ben.ok('POST', '/upgrades', { quote: quote.id })
      const { stripeCustomerId } = await harness.host.ok<Account>('GET', `/accounts/${id}`)
      await harness.clock.advance(25 * hour)
      expect(stripeCustomerId).not.toBeNull()
    },
    says: /has been checkout since/,
  },
  {
    name: 'use that Stripe was not told of',
    code: 'use_unreported',
    drift: async (harness) => {
      await started(harness, 'acme')
      const match = { method: 'POST', path: '/v1/billing/meter_events' }
      harness.sandbox.control.failNext({ kind: 'reset_before', match, times: 2 })
      await call(harness, 1_200)
      await harness.softgate.services.sweep()
      await harness.clock.advance(2 * hour)
    },
    says: /200 units of API calls wait since/,
  },
  {
    name: 'a counter differs from its days',
    code: 'counter_differs',
    drift: async (harness, id) => {
      await started(harness, id)
      await tamper(database, `update counters set used = used + 3 where account = '${id}' and feature = 'seats'`)
    },
    says: /^Seats [(]seats[)] stands at 5, and its days give 2[.]$/,
  },
  {
    name: 'a customer was deleted',
    code: 'customer_missing',
    drift: async ({ stripe, ...harness }, id) =>
      stripe.customers.del((await started({ stripe, ...harness }, id)).customer),
    says: /was deleted at Stripe/,
  },
  {
    name: 'a customer of another mode',
    code: 'customer_missing',
    drift: async ({ host }, id) => host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: 'cus_elsewhere' }),
    says: /knows no customer cus_elsewhere/,
    byHand: ({ host }, id) => host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: null }),
  },
  {
    name: 'two subscriptions of one customer',
    code: 'subscriptions_doubled',
    drift: async (harness, id) => {
      const { customer } = await started(harness, id)
      const items = [{ price: await lookedUp(harness, starter), quantity: 1 }]
      await harness.stripe.subscriptions.create({ customer, items })
    },
    says: /pays for sub_\S+ and sub_\S+/,
    // The newer one is taken for the account's.
    also: ['subscription_differs'],
    byHand: async ({ stripe, ...harness }, id) => {
      const { stripeCustomerId: customer } = await harness.host.ok<Account>('GET', `/accounts/${id}`)
      const { data } = await stripe.subscriptions.list({ customer: customer ?? '' })
      await stripe.subscriptions.cancel(data.at(-1)?.id ?? '')
    },
  },
  {
    name: 'a subscription is of no account here',
    code: 'subscription_unknown',
    drift: async (harness, id) => {
      await subscribe(harness, { id })
      await harness.host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: null })
    },
    says: /no account here has that customer/,
    byHand: async ({ stripe, host }, id) => {
      const { data } = await stripe.customers.list({ email: `billing@${id}.example` })
      await host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: data[0]?.id })
    },
  },
  {
    name: 'a subscription bills a price of nobody',
    code: 'plan_unknown',
    drift: async (harness, id) => {
      const { subscription } = await started(harness, id)
      const { items } = await harness.stripe.subscriptions.retrieve(subscription)
      const recurring = { interval: 'month' as const }
      const price = await harness.stripe.prices.create({
        currency: 'usd',
        unit_amount: 500,
        recurring,
        product: 'softgate_starter',
      })
      await harness.stripe.subscriptions.update(subscription, {
        items: [{ id: items.data[0]?.id ?? '', price: price.id, quantity: 2 }],
      })
      await harness.host.ok('POST', '/admin/doctor', { mode: 'mend' })
    },
    says: /bills no price of the catalogue/,
    byHand: async (harness, id) => {
      const { subscription } = await harness.host.ok<Account>('GET', `/accounts/${id}`)
      const { items } = await harness.stripe.subscriptions.retrieve(subscription?.id ?? '')
      const price = await lookedUp(harness, starter)
      await harness.stripe.subscriptions.update(subscription?.id ?? '', {
        items: [{ id: items.data[0]?.id ?? '', price, quantity: 2 }],
      })
      await harness.host.ok('POST', '/admin/doctor', { mode: 'mend' })
    },
  },
  {
    name: 'somebody else has taken a lookup key',
    code: 'foreign_price',
    drift: ({ stripe }) =>
      stripe.prices.create({
        currency: 'usd',
        unit_amount: 1,
        recurring: { interval: 'month' },
        product: 'softgate_business',
        lookup_key: 'softgate_business_month_usd',
        transfer_lookup_key: true,
      }),
    says: /was not made by Softgate/,
    byHand: async (harness) => {
      const foreign = await lookedUp(harness, 'softgate_business_month_usd')
      await harness.stripe.prices.update(foreign, { lookup_key: '', active: false })
      await harness.host.ok('POST', '/admin/doctor', { mode: 'mend' })
    },
    also: ['catalogue_differs'],
  },
  {
    name: 'there is no webhook endpoint',
    code: 'webhook_missing',
    drift: async (harness) => harness.stripe.webhookEndpoints.del(await endpoint(harness)),
    says: /no endpoint that ends in .v1.webhooks.stripe/,
    byHand: ({ stripe }) =>
      stripe.webhookEndpoints.create({ url: 'http://softgate.test/v1/webhooks/stripe', enabled_events: ['*'] }),
  },
]

const database = freshSqlite()
let harness: Harness
beforeAll(async () => {
  harness = await openHarness({ config, database })
  return forAll()
})

const examine = (mode: 'look' | 'mend'): Promise<DoctorAnswer> => harness.host.ok('POST', '/admin/doctor', { mode })
const peace = { findings: [], next: null, nextSubscription: null, nextCounter: null }

for (const [place, kind] of kinds.entries())
  test(`${kind.name}: named, ${kind.byHand ? 'left for a person' : 'mended when asked'}, and nothing is left`, async () => {
    const id = kind.code === 'use_unreported' ? 'acme' : `drift_${place}`
    const { webhooks } = harness.sandbox.control
    // News of it are lost: what is told apart here has to be found by asking.
    await webhooks.flush()
    webhooks.dropNext(1_000)
    if (kind.code !== 'customer_missing' || !kind.byHand) await harness.host.ok('PUT', `/accounts/${id}`, { name: id })
    await kind.drift(harness, id)
    const codes = [kind.code, ...(kind.also ?? [])]
    const seen = await examine('look')
    expect(seen.findings.map(({ code, mended }) => [code, mended])).toEqual(codes.map((code) => [code, false]))
    expect(seen.findings[0]?.detail).toMatch(kind.says)
    expect(await examine('look'), 'looking changes nothing').toEqual(seen)
    const mended = await examine('mend')
    expect(mended.findings.map(({ code, mended }) => [code, mended])).toEqual(
      codes.map((code) => [code, !kind.byHand || code === 'subscription_differs']),
    )
    if (kind.byHand) await kind.byHand(harness, id)
    expect(await examine('look')).toMatchObject(peace)
    harness.failures.splice(0)
    webhooks.dropNext(-1_000)
  })

test('an account whose customer was deleted buys again, as a new customer', async () => {
  // The endpoint of the cases above has another secret by now.
  const harness = await openHarness()
  await subscribe(harness, { id: 'ash' })
  const { stripeCustomerId } = await harness.host.ok<Account>('GET', '/accounts/ash')
  await harness.stripe.customers.del(stripeCustomerId ?? '')
  await expect.poll(async () => (await harness.host.ok<Account>('GET', '/accounts/ash')).stripeCustomerId).toBeNull()
  const priya = harness.as('ash', 'priya')
  expect((await priya.ok<State>('GET', '/state')).account.plan.key).toBe('free')
  const quote = await quoteFor(priya, { kind: 'switch', title: 'Starter', interval: 'month', quantity: 5 })
  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  await payOn(upgrade.url)
  expect((await priya.ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).status).toBe('applied')
})

test('without a signing secret every webhook would be refused', async () => {
  const made = await openHarness()
  const stripe = { secretKey: 'sk_test_local', apiUrl: made.stripeUrl, webhookSecret: '' }
  const { app } = await made.again({ stripe })
  const host = createApi((url, init) => app.request(url, init), '/v1', secretKey)
  const { findings } = await host.ok<DoctorAnswer>('POST', '/admin/doctor', { mode: 'mend' })
  expect(findings).toMatchObject([{ code: 'webhook_secret_missing', mended: false }])
})

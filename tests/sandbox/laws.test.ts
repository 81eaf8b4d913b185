import fc from 'fast-check'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createStripeSandbox, type StripeSandbox } from '../../server/sandbox/index.ts'
import { charges, DAY, latestInvoice, only, price, START } from './shop.ts'

// Whatever an app does with a subscription, in any order, these hold after each step: what was charged is what invoices say
// was paid, the balance is what its entries lead to, every invoice adds up, and the next invoice is the one that was foretold.

const step = fc.oneof(
  fc.record({ kind: fc.constant('seats' as const), quantity: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('plan' as const), plan: fc.constantFrom('small' as const, 'large' as const) }),
  fc.record({ kind: fc.constant('interval' as const), to: fc.constantFrom('year' as const, 'small' as const) }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.double({ min: 0.01, max: 45, noNaN: true }) }),
  fc.record({ kind: fc.constant('cancel' as const), on: fc.boolean() }),
  fc.record({ kind: fc.constant('later' as const), quantity: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('release' as const) }),
  fc.record({ kind: fc.constant('convert' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Setting {
  readonly sandbox: StripeSandbox
  readonly stripe: Stripe
  readonly id: string
  readonly prices: Readonly<Record<'large' | 'small' | 'year', Stripe.Price>>
}

const story = fc.record({
  mode: fc.constantFrom('classic' as const, 'flexible' as const),
  proration: fc.constantFrom('always_invoice' as const, 'create_prorations' as const, 'none' as const),
  trial: fc.boolean(),
  discount: fc.constantFrom(null, 'percent' as const, 'amount' as const),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
})
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never

async function begin({ mode, trial, discount }: Story): Promise<Setting> {
  const sandbox = createStripeSandbox({ now: () => START })
  const httpClient = Stripe.createFetchHttpClient((url, init) => sandbox.fetch(new Request(url, init)))
  const stripe = new Stripe('sk_test_laws', { httpClient, telemetry: false })
  const prices = {
    small: await price(stripe, 'Small', 1000),
    large: await price(stripe, 'Large', 3333),
    year: await price(stripe, 'Year', 20_000, { interval: 'year' }),
  }
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const off = discount === 'percent' ? { percent_off: 33 } : { amount_off: 777, currency: 'usd' }
  const coupon = discount && (await stripe.coupons.create({ ...off, duration: 'forever' }))
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: prices.small.id, quantity: 2 }],
    billing_mode: { type: mode },
    ...(trial && { trial_period_days: 10 }),
    ...(coupon && { discounts: [{ coupon: coupon.id }] }),
  })
  return { sandbox, stripe, id, prices }
}

/** Does one step, unless the subscription has ended; what Stripe refuses changes nothing. */
async function take({ sandbox, stripe, id, prices }: Setting, one: Step, proration: Story['proration']): Promise<void> {
  if (one.kind === 'wait') {
    await sandbox.clock.advance(Math.round(one.days * DAY))
    return
  }
  const subscription = await stripe.subscriptions.retrieve(id)
  if (subscription.ended_at !== null) return
  const item = only(subscription.items.data)
  const change = (params: Stripe.SubscriptionUpdateParams) =>
    stripe.subscriptions.update(id, { proration_behavior: proration, ...params }).catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    })
  const kept = { id: item.id, quantity: item.quantity ?? 1 }
  switch (one.kind) {
    case 'seats':
      await change({ items: [{ id: item.id, quantity: one.quantity }] })
      break
    case 'plan':
      await change({ items: [{ ...kept, price: prices[one.plan].id }] })
      break
    case 'interval':
      await change({ items: [{ ...kept, price: prices[one.to].id }], billing_cycle_anchor: { type: 'now' } })
      break
    case 'cancel':
      await change({ cancel_at_period_end: one.on })
      break
    case 'convert':
      await change({ trial_end: 'now' })
      break
    case 'release':
      if (subscription.schedule) await stripe.subscriptionSchedules.release(String(subscription.schedule))
      break
    case 'later':
      if (!subscription.schedule) await downgradeLater(stripe, id, one.quantity)
  }
}

async function downgradeLater(stripe: Stripe, id: string, quantity: number): Promise<void> {
  const { id: schedule, phases } = await stripe.subscriptionSchedules.create({ from_subscription: id })
  const { start_date, end_date, items } = only(phases)
  const held = only(items)
  await stripe.subscriptionSchedules.update(schedule, {
    end_behavior: 'release',
    phases: [
      { items: [{ price: String(held.price), quantity: held.quantity ?? 1 }], start_date, end_date },
      { items: [{ price: String(held.price), quantity }], duration: { interval: 'month' }, proration_behavior: 'none' },
    ],
  })
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0)

async function holdsTrue({ sandbox, stripe, id }: Setting): Promise<void> {
  const invoices = await stripe.invoices.list({ subscription: id, limit: 100 }).autoPagingToArray({ limit: 1000 })
  expect(sum(invoices.map(({ amount_paid }) => amount_paid))).toBe(sum(charges(sandbox)))
  for (const invoice of invoices) {
    const off = sum((invoice.total_discount_amounts ?? []).map(({ amount }) => amount))
    // An invoice shows ten of its lines.
    const lines = await stripe.invoices.listLineItems(invoice.id ?? '').autoPagingToArray({ limit: 1000 })
    expect(sum(lines.map(({ amount }) => amount)) - off).toBe(invoice.total)
    expect(invoice.amount_due + (invoice.ending_balance ?? 0)).toBe(invoice.total + invoice.starting_balance)
    expect(invoice.status).toBe('paid')
  }
  const [customer] = (await stripe.customers.list()).data
  const entries = await stripe.customers.listBalanceTransactions(customer?.id ?? '', { limit: 100 })
  expect(sum(entries.data.map(({ amount }) => amount))).toBe(customer?.balance)
}

const facts = ({ amount_due, lines }: Stripe.Invoice) => ({
  due: amount_due,
  lines: lines.data.map(({ amount, description, period }) => [amount, description, period]),
})

/** The next invoice that is foretold is the one that comes. */
async function comesTrue({ sandbox, stripe, id }: Setting): Promise<void> {
  const before = await stripe.subscriptions.retrieve(id, { expand: ['schedule'] })
  const end = Math.min(...before.items.data.map((item) => item.current_period_end))
  const phase = (before.schedule as Stripe.SubscriptionSchedule | null)?.current_phase?.end_date ?? end
  // A phase that turns within a period may bill by itself, at a time that only its own test tells.
  const turns = before.ended_at === null && before.cancel_at === null && phase === end
  if (!turns) return
  const preview = await stripe.invoices.createPreview({ subscription: id })
  await sandbox.clock.advance(end * 1000 - sandbox.clock.now())
  const invoice = await latestInvoice(stripe, await stripe.subscriptions.retrieve(id))
  expect(invoice.id).not.toBe(before.latest_invoice)
  expect(facts(invoice)).toEqual(facts(preview))
}

test('the books are right after every step, and the next invoice is the one that was foretold', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const setting = await begin(one)
      try {
        for (const each of one.steps) {
          await take(setting, each, one.proration)
          await holdsTrue(setting)
        }
        await comesTrue(setting)
        await holdsTrue(setting)
      } finally {
        await setting.sandbox.close()
      }
    }),
    { numRuns: 30, endOnFailure: true },
  )
})

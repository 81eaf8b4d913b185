import type {
  Account,
  DoctorAnswer,
  PlansAnswer,
  RepriceAnswer,
  State,
  SubscriptionAnswer,
} from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy, offerOf, quoteFor, type Wanted } from '../support/buying.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'

/** What was agreed with Acme alone: $9.00 a seat. */
const agreedAmount = 900

/** Acme with five seats of Starter at a price of its own, ten days into its month. */
async function opened() {
  const harness = await openHarness()
  const { stripe, clock } = harness
  const agreed = await stripe.prices.create({
    currency: 'usd',
    unit_amount: agreedAmount,
    recurring: { interval: 'month' },
    product: 'softgate_starter',
    metadata: { softgate_custom: 'softgate_starter_month_usd' },
  })
  const { subscription } = await subscribe(harness, {
    taken: 2,
    terms: { items: [{ price: agreed.id, quantity: 5 }] },
  })
  await clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const billed = async (): Promise<[string, number][]> =>
    (await stripe.subscriptions.retrieve(subscription)).items.data.map(({ price, quantity }) => [
      price.id,
      quantity ?? 0,
    ])
  const doctor = async () => (await harness.host.ok<DoctorAnswer>('POST', '/admin/doctor', { mode: 'look' })).findings
  const change = async (wanted: Wanted) => {
    const { quote, upgrade } = await buy(priya(), wanted)
    expect(upgrade.status).toBe('applied')
    return quote
  }
  return { harness, subscription, agreed: agreed.id, priya, billed, doctor, change }
}

/** The next period begins. */
async function renew({ clock, sandbox }: Harness): Promise<void> {
  await clock.advance(25 * day)
  await sandbox.clock.advance(0)
  await sandbox.control.webhooks.flush()
}

test('a price of its own is what an account reads everywhere, and pays for more and fewer', async () => {
  const { harness, agreed, priya, billed, doctor, change } = await opened()
  expect((await priya().ok<State>('GET', '/state')).account.plan.key).toBe('starter')
  expect((await offerOf(priya(), { kind: 'add' })).price.amount).toBe(agreedAmount)
  const { plans } = await priya().ok<PlansAnswer>('GET', '/plans')
  const starter = plans.find(({ key }) => key === 'starter')?.prices.find(({ interval }) => interval === 'month')
  expect(starter).toMatchObject({ price: { amount: agreedAmount }, units: 5, total: { amount: 5 * agreedAmount } })
  const { subscription } = await priya().ok<SubscriptionAnswer>('GET', '/subscription')
  expect(subscription).toMatchObject({ plan: { key: 'starter' }, recurring: { amount: 5 * agreedAmount } })

  const more = await change({ kind: 'add', quantity: 2 })
  expect(more.lines[0]?.detail).toMatch(/ of 31 days at \$9\.00 a seat$/)
  expect([more.previous?.amount, more.recurring.amount]).toEqual([5 * agreedAmount, 7 * agreedAmount])
  expect(await billed()).toEqual([[agreed, 7]])
  const fewer = await change({ kind: 'remove', quantity: 3 })
  expect(fewer.recurring.amount).toBe(4 * agreedAmount)
  await renew(harness)
  expect(await billed()).toEqual([[agreed, 4]])
  expect([await doctor(), harness.failures]).toEqual([[], []])
})

test('another plan is at its own price; whoever takes that back or drops what waits has the agreed one', async () => {
  const { harness, agreed, priya, billed, doctor, change } = await opened()
  const up = await change({ kind: 'switch', title: 'Professional', interval: 'month' })
  expect([up.previous?.amount, up.recurring.amount]).toEqual([5 * agreedAmount, 10_000])
  expect(up.lines.at(-1)?.detail).toMatch(/at \$9\.00 a seat, already paid$/)
  await change({ kind: 'undo' })
  expect(await billed(), 'taken back while it was fresh').toEqual([[agreed, 5]])

  await change({ kind: 'remove', quantity: 2 })
  await change({ kind: 'undo' })
  await change({ kind: 'cancel' })
  expect((await priya().ok<State>('GET', '/state')).pending).toMatchObject({ kind: 'cancel' })
  const resumed = await change({ kind: 'resume' })
  expect([resumed.recurring.amount, await billed()]).toEqual([5 * agreedAmount, [[agreed, 5]]])
  await renew(harness)
  expect(await billed()).toEqual([[agreed, 5]])
  const year = await change({ kind: 'switch', title: 'Starter', interval: 'year' })
  expect(year.previous).toMatchObject({ amount: 5 * agreedAmount, interval: 'month' })
  expect(year.recurring).toMatchObject({ amount: 5 * 12_000, interval: 'year' })
  expect([await doctor(), harness.failures]).toEqual([[], []])
})

test('what was agreed is left alone by a new price for all, and a customer may have limits of their own beside it', async () => {
  const { harness, agreed, priya, billed, doctor } = await opened()
  const reprice = { plan: 'starter', when: 'now', mode: 'apply' }
  const { repricings } = await harness.host.ok<RepriceAnswer>('POST', '/admin/reprice', reprice)
  expect(repricings).toMatchObject([
    { account: 'acme', state: 'kept', reason: `It has a price of its own, ${agreed}.` },
  ])
  await harness.host.ok('PUT', '/accounts/acme/overrides/exports', {
    grant: 400,
    reason: 'Agreed in May',
    author: 'Ada',
  })
  const { features } = await priya().ok<State>('GET', '/state')
  expect([features.exports?.limit, features.seats?.limit]).toEqual([400, 5])
  const more = await quoteFor(priya(), { kind: 'add', quantity: 1 })
  expect(more.recurring.amount).toBe(6 * agreedAmount)
  const account = await harness.host.ok<Account>('GET', '/accounts/acme')
  expect(account).toMatchObject({ plan: 'starter' })
  expect([await billed(), await doctor(), harness.failures]).toEqual([[[agreed, 5]], [], []])
})

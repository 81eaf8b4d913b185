import type { Decision, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { day, type Harness, minute, openHarness, subscribe } from '../support/harness.ts'

const money = ({ sandbox }: Harness) =>
  sandbox.control
    .journal()
    .flatMap((entry) => (entry.kind === 'charge' || entry.kind === 'refund' ? [[entry.kind, entry.amount]] : []))
const limit = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })).limit
const takeSeats = ({ host, clock }: Harness, set: number) =>
  host.ok('POST', '/events', {
    events: [
      {
        id: `take-${set}`,
        account: 'acme',
        name: 'seats_taken',
        feature: 'seats',
        set,
        time: new Date(clock.now()).toISOString(),
      },
    ],
  })

async function opened(undo = 15, billing: 'classic' | 'flexible' = 'flexible') {
  const harness = await openHarness({ config: { ...teamflow, changes: { ...teamflow.changes, undo } } })
  const { customer } = await subscribe(harness, { billing })
  await harness.clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const kinds = async () => (await priya().ok<State>('GET', '/state')).offers.map(({ kind }) => kind)
  const balance = async () => {
    const found = await harness.stripe.customers.retrieve(customer)
    return found.deleted ? null : found.balance
  }
  return { harness, customer, priya, kinds, balance }
}

for (const billing of ['classic', 'flexible'] as const)
  test(`a fresh upgrade that was not used is taken back and refunded to the card, exactly once, ${billing}`, async () => {
    const { harness, priya, kinds, balance } = await opened(15, billing)
    const before = money(harness).length
    const { quote: bought } = await buy(priya(), { kind: 'add', quantity: 2 })
    await harness.clock.advance(10 * minute)
    expect(await kinds()).toContain('undo')
    const quote = await quoteFor(priya(), { kind: 'undo' })
    expect(quote).toMatchObject({ dueNow: { amount: 0 }, refund: bought.dueNow, recurring: { amount: 6_000 } })
    expect(quote.lines.reduce((sum, line) => sum + line.amount, 0)).toBe(0)
    expect(quote.lines.at(-1)).toMatchObject({ description: 'Back to your card', amount: bought.dueNow.amount })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => priya().ok<Upgrade>('POST', '/upgrades', { quote: quote.id })),
    )
    expect(new Set(answers.map(({ id, status }) => `${id} ${status}`)).size).toBe(1)
    expect(money(harness).slice(before)).toEqual([
      ['charge', bought.dueNow.amount],
      ['refund', bought.dueNow.amount],
    ])
    expect([answers[0]?.status, await limit(harness), await balance()]).toEqual(['applied', 5, 0])
    expect(await kinds()).not.toContain('undo')

    // What was reversed is as if it had never been: the same costs the same again.
    const { quote: again } = await buy(priya(), { kind: 'add', quantity: 2 })
    expect(again.dueNow.amount).toBeLessThanOrEqual(bought.dueNow.amount)
    expect(bought.dueNow.amount - again.dueNow.amount).toBeLessThanOrEqual(1)
    expect(harness.failures).toEqual([])
  })

test('what had been refunded of it before is not refunded again, and leaves no credit', async () => {
  const { harness, priya, balance } = await opened()
  const before = money(harness).length
  const { quote: bought } = await buy(priya(), { kind: 'add', quantity: 2 })
  const [charge] = (await harness.stripe.charges.list({ limit: 1 })).data
  const quote = await quoteFor(priya(), { kind: 'undo' })
  await harness.stripe.refunds.create({ charge: charge?.id ?? '', amount: 500 })
  expect((await priya().ok<Upgrade>('POST', '/upgrades', { quote: quote.id })).status).toBe('applied')
  const paid = bought.dueNow.amount
  expect(money(harness).slice(before)).toEqual([
    ['charge', paid],
    ['refund', 500],
    ['refund', paid - 500],
  ])
  expect([await limit(harness), await balance()]).toEqual([5, 0])
  expect(harness.failures).toEqual([])
})

test('an upgrade can be taken back for as long as the catalogue says, and not once it is in use', async () => {
  const { harness, priya, kinds } = await opened()
  await buy(priya(), { kind: 'add', quantity: 2 })
  await takeSeats(harness, 6)
  expect(await kinds()).not.toContain('undo')
  await harness.clock.advance(minute)
  await takeSeats(harness, 5)
  expect(await kinds()).toContain('undo')
  const quote = await quoteFor(priya(), { kind: 'undo' })
  await harness.clock.advance(14 * minute)
  expect(await kinds()).not.toContain('undo')
  expect((await priya().refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_expired')
})

test('a plan is taken back like seats are, and by a window of 0 nothing is', async () => {
  const { harness, priya, balance } = await opened()
  const { quote } = await buy(priya(), { kind: 'switch', title: 'Professional', interval: 'month', quantity: 6 })
  await buy(priya(), { kind: 'undo' })
  const { account } = await priya().ok<State>('GET', '/state')
  expect([account.plan.key, await limit(harness), await balance()]).toEqual(['starter', 5, 0])
  expect(money(harness).slice(-2)).toEqual([
    ['charge', quote.dueNow.amount],
    ['refund', quote.dueNow.amount],
  ])
  const off = await opened(0)
  await buy(off.priya(), { kind: 'add', quantity: 1 })
  expect(await off.kinds()).not.toContain('undo')
})

for (const policy of ['revoke', 'keep'] as const)
  for (const how of ['refunded', 'disputed'] as const)
    test(`a payment that is ${how} at Stripe: by the policy ${policy} what it bought is taken back, or stays`, async () => {
      const harness = await openHarness({
        config: { ...teamflow, changes: { ...teamflow.changes, onReversal: policy } },
      })
      const { customer } = await subscribe(harness)
      await harness.clock.advance(10 * day)
      const priya = harness.as('acme', 'priya')
      const { upgrade } = await buy(priya, { kind: 'add', quantity: 2 })
      const { data } = await harness.stripe.invoicePayments.list({ invoice: upgrade.invoice?.id ?? '' })
      const intent = String(data[0]?.payment.payment_intent)
      await harness.clock.advance(2 * day)
      if (how === 'refunded') await harness.stripe.refunds.create({ payment_intent: intent })
      else await harness.sandbox.control.dispute(intent)
      await harness.sandbox.control.webhooks.flush()
      await expect.poll(() => limit(harness)).toBe(policy === 'revoke' ? 5 : 7)
      const found = await harness.stripe.customers.retrieve(customer)
      expect(found.deleted ? null : found.balance, 'the money is not given back a second time').toBe(0)
      expect((await harness.as('acme', 'priya').ok<State>('GET', '/state')).upgrade).toBeNull()
      expect(harness.failures).toEqual([])
    })

test('the undo of a fresh upgrade says until when it stands, and is gone by then', async () => {
  const { harness, priya } = await opened()
  await buy(priya(), { kind: 'add', quantity: 1 })
  const until = harness.clock.now() + 15 * minute
  const offers = async () =>
    (await priya().ok<State>('GET', '/state')).offers.flatMap(({ kind, until }) => (until ? [[kind, until]] : []))
  expect(await offers()).toEqual([['undo', new Date(until).toISOString()]])
  await harness.clock.advance(15 * minute)
  expect(await offers()).toEqual([])
})

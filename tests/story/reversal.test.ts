import type { State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { buy, type Wanted } from '../support/buying.ts'
import { cleanup } from '../support/cleanup.ts'
import { charges, limit } from '../support/edge-cases.ts'
import { day, openHarness, subscribe } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

/** Five seats of Starter, ten days into the month, with the changes made one after the other. */
async function opened(wanted: Wanted[], onReversal: 'revoke' | 'keep' = 'revoke') {
  const database = freshSqlite()
  const config = { ...teamflow, changes: { ...teamflow.changes, onReversal } }
  const harness = await openHarness({ config, database })
  const { customer, subscription } = await subscribe(harness, { taken: 3 })
  await harness.clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const intents: string[] = []
  for (const one of wanted) {
    const { upgrade } = await buy(priya(), one)
    const { data } = await harness.stripe.invoicePayments.list({ invoice: upgrade.invoice?.id ?? '' })
    intents.push(String(data[0]?.payment.payment_intent))
    await harness.clock.advance(day)
  }
  const told = async () => {
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  const refund = async (place: number) => {
    await harness.stripe.refunds.create({ payment_intent: intents[place] ?? '' })
    await told()
  }
  const held = async () => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    return items.data.map(({ price, quantity }) => [price.lookup_key, quantity])
  }
  const balance = async () => {
    const found = await harness.stripe.customers.retrieve(customer)
    return found.deleted ? null : found.balance
  }
  const reader = await openDatabase({ url: database, instance: 'reader', clock: harness.clock })
  cleanup(() => reader.close())
  const movements = async () =>
    (await reader.read.billing.settlements('acme', 0)).map(({ kind, amount, upgrade }) => [
      kind,
      amount,
      upgrade !== null,
    ])
  return { harness, priya, intents, told, refund, held, balance, movements }
}

const twoAdds: Wanted[] = [
  { kind: 'add', quantity: 2 },
  { kind: 'add', quantity: 1 },
]

test('an earlier upgrade is reversed: its seats go, those of the later one stay, and nothing is credited twice', async () => {
  const { harness, refund, held, balance } = await opened(twoAdds)
  expect(await limit(harness)).toBe(8)
  const before = charges(harness).length
  await refund(0)
  await expect.poll(() => limit(harness)).toBe(6)
  expect([await held(), await balance(), charges(harness).length]).toEqual([
    [['softgate_starter_month_usd', 6]],
    0,
    before,
  ])
  // Hearing of it again takes nothing more.
  await refund(1)
  await expect.poll(() => limit(harness)).toBe(5)
  await harness.clock.advance(25 * 3_600_000)
  await harness.softgate.services.sweep()
  expect([await limit(harness), await balance()]).toEqual([5, 0])
  expect((await harness.as('acme', 'priya').ok<State>('GET', '/state')).upgrade).toBeNull()
  expect(harness.failures).toEqual([])
})

test('a plan that was bought before more seats were goes back to the one before, at its price', async () => {
  const { harness, refund, held } = await opened([
    { kind: 'switch', title: 'Professional', interval: 'month' },
    { kind: 'add', quantity: 2 },
  ])
  await refund(0)
  await expect.poll(held).toEqual([['softgate_starter_month_usd', 7]])
  expect(harness.failures).toEqual([])
})

test('by the policy keep everything stays; the money is written down all the same', async () => {
  const { harness, refund, movements } = await opened(twoAdds, 'keep')
  await refund(0)
  expect(await limit(harness)).toBe(8)
  const kinds = (await movements()).map(([kind]) => kind)
  expect(kinds).toEqual(['payment', 'payment', 'payment', 'refund'])
})

test('what cannot be told apart any more is left alone, and somebody is told once', async () => {
  const { harness, refund, told, held } = await opened([
    { kind: 'switch', title: 'Professional', interval: 'month' },
    { kind: 'switch', title: 'Business', interval: 'month' },
  ])
  await refund(0)
  await told()
  expect((await held())[0]).toEqual(['softgate_business_month_usd', 5])
  expect(harness.failures).toEqual([expect.stringMatching(/^taking back what .* Somebody has to decide\.$/)])
})

test('every movement of money is one row, whatever news is lost or comes twice: payments, a refund, a dispute that was won', async () => {
  const { harness, intents, refund, told, movements } = await opened(twoAdds, 'keep')
  const { control } = harness.sandbox
  control.webhooks.dropNext(1_000)
  const dispute = await control.dispute(intents[1] ?? '')
  await refund(0)
  await harness.clock.advance(25 * 3_600_000)
  for (let i = 0; i < 3; i++) await harness.softgate.services.sweep()
  await control.closeDispute(dispute, 'won')
  await harness.clock.advance(25 * 3_600_000)
  await told()
  const [first = 0, second = 0, third = 0] = charges(harness)
  expect((await movements()).sort()).toEqual(
    [
      ['payment', first, false],
      ['payment', second, true],
      ['payment', third, true],
      ['refund', -second, true],
      ['dispute', -third, true],
      ['dispute_won', third, true],
    ].sort(),
  )
})

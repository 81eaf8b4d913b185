import type { State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy, quoteFor, type Wanted } from '../support/buying.ts'
import { charges, limit } from '../support/edge-cases.ts'
import { day } from '../support/harness.ts'
import { opened } from '../support/reversal.ts'

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

test('an upgrade is reversed also where its subscription ends with the period, and it ends all the same', async () => {
  const { harness, priya, refund, balance } = await opened(twoAdds)
  await buy(priya(), { kind: 'cancel' })
  await refund(0)
  await expect.poll(() => limit(harness)).toBe(6)
  await refund(1)
  await expect.poll(() => limit(harness)).toBe(5)
  const { pending } = await priya().ok<State>('GET', '/state')
  expect([pending?.kind, await balance(), harness.failures]).toEqual(['cancel', 0, []])
})

test('by the policy keep everything stays; the money is written down all the same', async () => {
  const { harness, refund, movements } = await opened(twoAdds, { onReversal: 'keep' })
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
  const { harness, intents, refund, told, movements } = await opened(twoAdds, { onReversal: 'keep' })
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

test('the payment of an upgrade is written down as one with the first news of it, though they come while it is confirmed', async () => {
  const { harness, movements } = await opened([{ kind: 'add', quantity: 2 }])
  const [, paid = 0] = charges(harness)
  await expect.poll(movements).toContainEqual(['payment', paid, true])
})

/** Two seats and one more were bought; the payment of the first two is disputed. */
async function disputed() {
  const opening = await opened(twoAdds)
  const dispute = await opening.harness.sandbox.control.dispute(opening.intents[0] ?? '')
  await opening.told()
  await expect.poll(() => limit(opening.harness)).toBe(6)
  const close = async (outcome: 'won' | 'lost') => {
    await opening.harness.sandbox.control.closeDispute(dispute, outcome)
    await opening.told()
  }
  return { ...opening, close }
}

test('a dispute that is won gives again what it took, exactly once and free of charge', async () => {
  const { harness, priya, held, balance, close, told, refund, movements } = await disputed()
  const before = charges(harness).length
  await close('won')
  await expect.poll(held).toEqual([['softgate_starter_month_usd', 8]])
  await harness.clock.advance(25 * 3_600_000)
  await told()
  expect([await limit(harness), await balance(), charges(harness).length]).toEqual([8, 0, before])
  // It counts as paid for: one seat more costs the rest of one.
  const { dueNow } = await quoteFor(priya(), { kind: 'add', quantity: 1 })
  expect(Math.abs(dueNow.amount - (1_200 * (19 - 25 / 24)) / 31)).toBeLessThanOrEqual(1)
  // The payments since are what they were.
  await refund(1)
  await expect.poll(() => limit(harness)).toBe(7)
  expect((await movements()).map(([kind]) => kind)).toContain('dispute_won')
  expect([await balance(), harness.failures]).toEqual([0, []])
})

test('a dispute that is lost takes nothing more', async () => {
  const { harness, close } = await disputed()
  await close('lost')
  expect([await limit(harness), harness.failures]).toEqual([6, []])
})

test('where the period it was paid for is over when the dispute is won, somebody has to decide, and is told once', async () => {
  const { harness, told, close } = await disputed()
  await harness.clock.advance(25 * day)
  await harness.sandbox.clock.advance(0)
  await told()
  await close('won')
  await told()
  expect([await limit(harness), harness.failures]).toEqual([
    6,
    [expect.stringMatching(/^giving again what the reversed payment of the upgrade .* Somebody has to decide\.$/)],
  ])
})

test('a plan that a dispute took comes back when it is won, at the price it was sold at', async () => {
  const { harness, intents, told, held } = await opened([
    { kind: 'switch', title: 'Professional', interval: 'month' },
    { kind: 'add', quantity: 2 },
  ])
  const dispute = await harness.sandbox.control.dispute(intents[0] ?? '')
  await told()
  await expect.poll(held).toEqual([['softgate_starter_month_usd', 7]])
  await harness.sandbox.control.closeDispute(dispute, 'won')
  await told()
  const back = [
    ['softgate_professional_month_usd', 7],
    ['softgate_overage.professional.api_calls_month_usd', undefined],
  ]
  await expect.poll(held).toEqual(back)
  expect(harness.failures).toEqual([])
})

test('a part of a payment takes nothing back; its last cent does', async () => {
  const { harness, intents, told, movements } = await opened([{ kind: 'add', quantity: 2 }])
  const [, paid = 0] = charges(harness)
  const refund = async (amount: number) => {
    await harness.stripe.refunds.create({ payment_intent: intents[0] ?? '', amount })
    await told()
  }
  await refund(paid - 1)
  expect([await limit(harness), (await movements()).at(-1)]).toEqual([7, ['refund', 1 - paid, true]])
  await refund(1)
  await expect.poll(() => limit(harness)).toBe(5)
})

for (const billing of ['classic', 'flexible'] as const)
  test(`what was taken back costs the same again, as if it had never been there, ${billing}`, async () => {
    const { harness, priya, refund, balance } = await opened(twoAdds, {}, billing)
    await refund(0)
    await expect.poll(() => limit(harness)).toBe(6)
    const { quote } = await buy(priya(), { kind: 'add', quantity: 2 })
    const left = (1_200 * 19) / 31
    expect(Math.abs(quote.dueNow.amount - 2 * left)).toBeLessThanOrEqual(2)
    expect([await balance(), harness.failures]).toEqual([0, []])
  })

test.each(['reset_before', 'reset_after', 'error_500_after'] as const)(
  'where the line breaks before the credit is settled (%s), the next look goes on',
  async (kind) => {
    const { harness, refund, told, balance, customer } = await opened(twoAdds)
    const path = `/v1/customers/${customer}/balance_transactions`
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path }, times: 2 })
    await refund(0)
    await told()
    await expect.poll(() => limit(harness)).toBe(6)
    expect(await balance()).toBe(0)
  },
)

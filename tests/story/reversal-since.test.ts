import { expect, test } from 'vitest'
import { buy, type Wanted } from '../support/buying.ts'
import { charges, limit } from '../support/edge-cases.ts'
import { day, hour } from '../support/harness.ts'
import { opened } from '../support/reversal.ts'

const starter = (seats: number) => [['softgate_starter_month_usd', seats]]
const add = (quantity: number): Wanted => ({ kind: 'add', quantity })
const fewer = (quantity: number): Wanted => ({ kind: 'remove', quantity })
const monthly = (title: string): Wanted => ({ kind: 'switch', title, interval: 'month' })
const yearly: Wanted = { kind: 'switch', title: 'Starter', interval: 'year' }

/** Lets the period turn. */
async function turn({ harness, told }: Awaited<ReturnType<typeof opened>>): Promise<void> {
  await harness.clock.advance(32 * day)
  await harness.sandbox.clock.advance(0)
  await told()
}

const policies = {
  revoke: ['free', null, 0],
  cancel: ['starter', 'cancel', 0],
  keep: ['starter', null, 0],
} as const

for (const billing of ['classic', 'flexible'] as const)
  test.each(Object.entries(policies))(
    `a month made a year is paid back: the year was the present period, and goes by the policy %s, ${billing}`,
    async (onRenewalReversal, expected) => {
      const scene = await opened([yearly], { onRenewalReversal: onRenewalReversal as keyof typeof policies }, billing)
      await scene.refund(0)
      await scene.told()
      await expect.poll(scene.stands).toEqual(expected)
      expect([charges(scene.harness).length, scene.harness.failures]).toEqual([2, []])
    },
  )

test('a new period that a policy has begun is one as well; of the one before nothing is left', async () => {
  const { harness, first, refund, stands, told } = await opened([monthly('Professional')], { planUp: 'full' })
  await refund(await first())
  await told()
  expect(await stands()).toEqual(['professional', null, 0])
  await refund(0)
  await expect.poll(stands).toEqual(['free', null, 0])
  expect(harness.failures).toEqual([])
})

test('a year that is disputed stands until the last word', async () => {
  const { harness, intents, told, stands } = await opened([yearly])
  const dispute = await harness.sandbox.control.dispute(intents[0] ?? '')
  await told()
  expect(await stands()).toEqual(['starter', null, 0])
  await harness.sandbox.control.closeDispute(dispute, 'lost')
  await told()
  await expect.poll(stands).toEqual(['free', null, 0])
})

test('once a renewal has been paid, nothing is left of what an upgrade before it was paid for', async () => {
  const scene = await opened([add(2)])
  await turn(scene)
  await scene.refund(0)
  await scene.told()
  expect([await scene.held(), await scene.balance(), scene.harness.failures]).toEqual([starter(7), 0, []])
})

const waits: { name: string; before: Wanted[]; now: number; next: number }[] = [
  { name: 'fewer than is left stay as few', before: [add(2), fewer(3)], now: 5, next: 4 },
  { name: 'more than is left are no more than that', before: [add(4), fewer(1)], now: 5, next: 5 },
  { name: 'of two upgrades the later one stays', before: [add(2), add(1), fewer(4)], now: 6, next: 4 },
]
for (const { name, before, now, next } of waits)
  test(`an upgrade is reversed while fewer seats wait for the renewal: ${name}`, async () => {
    const scene = await opened(before)
    const { harness, refund, told, held, stands } = scene
    const paid = charges(harness).length
    await refund(0)
    await told()
    await expect.poll(held).toEqual(starter(now))
    expect(await stands()).toEqual(['starter', next < now ? 'remove' : null, 0])
    await turn(scene)
    expect([await held(), charges(harness).slice(paid), harness.failures]).toEqual([starter(next), [next * 1_200], []])
  })

test('a plan is reversed while a lower one waits: the one before it holds at once, at its price', async () => {
  const scene = await opened([monthly('Business'), monthly('Professional')])
  const { harness, refund, held, stands } = scene
  await refund(0)
  await expect.poll(held).toEqual(starter(5))
  expect([await stands(), harness.failures]).toEqual([['starter', null, 0], []])
})

test.each([1, 3])(
  'a dispute that is won gives again what it took, and the %i seats fewer wait as before',
  async (less) => {
    const scene = await opened([add(2), fewer(less)])
    const { harness, intents, told, held, stands } = scene
    const dispute = await harness.sandbox.control.dispute(intents[0] ?? '')
    await told()
    await expect.poll(held).toEqual(starter(5))
    await harness.sandbox.control.closeDispute(dispute, 'won')
    await told()
    await expect.poll(held).toEqual(starter(7))
    expect(await stands()).toEqual(['starter', 'remove', 0])
    await turn(scene)
    expect([await held(), harness.failures]).toEqual([starter(7 - less), []])
  },
)

test.each(['reset_before', 'reset_after', 'error_500_after'] as const)(
  'where the line breaks while what waits is put back (%s), the next look goes on',
  async (kind) => {
    const { harness, refund, told, held, stands } = await opened([add(2), fewer(3)])
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscription_schedules' }, times: 2 })
    await refund(0)
    await told()
    await expect.poll(held).toEqual(starter(5))
    await harness.clock.advance(25 * hour)
    await told()
    expect(await stands()).toEqual(['starter', 'remove', 0])
  },
)

test('where more was given up since than is left of it, somebody has to decide, and is told once', async () => {
  const { harness, refund, told, held } = await opened([add(2), fewer(6)], {
    quantityDown: 'prorate',
    downgradeBelowUse: 'grace',
  })
  await refund(0)
  await told()
  expect([await held(), harness.failures]).toEqual([
    starter(1),
    [expect.stringMatching(/More has been given up since than is left of it\. Somebody has to decide\.$/)],
  ])
})

test('the payment of the period is reversed: what was paid for on top stays, until that is reversed too', async () => {
  const { harness, first, refund, told, held, stands } = await opened([add(2), add(1)])
  await refund(await first())
  await told()
  await expect.poll(held).toEqual(starter(3))
  expect([await limit(harness), await stands()]).toEqual([3, ['starter', null, 0]])
  await refund(0)
  await expect.poll(held).toEqual(starter(1))
  await refund(1)
  await expect.poll(stands).toEqual(['free', null, 0])
  expect([charges(harness).length, harness.failures]).toEqual([3, []])
})

test('what was paid for on top is disputed: the rest of the period ends with the last word', async () => {
  const { harness, intents, first, refund, told, held, stands } = await opened([add(2)])
  await refund(await first())
  await told()
  await expect.poll(held).toEqual(starter(2))
  const dispute = await harness.sandbox.control.dispute(intents[0] ?? '')
  await told()
  expect([await held(), await stands()]).toEqual([starter(2), ['starter', null, 0]])
  await harness.sandbox.control.closeDispute(dispute, 'lost')
  await told()
  await expect.poll(stands).toEqual(['free', null, 0])
  expect(harness.failures).toEqual([])
})

test('where a higher plan was paid for on top, somebody has to decide; by the policy cancel it ends with the period', async () => {
  const open = await opened([monthly('Professional')])
  await open.refund(await open.first())
  await open.told()
  expect([await open.stands(), open.harness.failures]).toEqual([
    ['professional', null, 0],
    [expect.stringMatching(/was paid for the same period since\. Somebody has to decide\.$/)],
  ])
  const { harness, first, refund, stands, ...scene } = await opened([], { onRenewalReversal: 'cancel' })
  await turn({ harness, first, refund, stands, ...scene })
  const { data } = await harness.stripe.charges.list()
  await buy(scene.priya(), add(2))
  await refund(String(data[0]?.payment_intent))
  await expect.poll(stands).toEqual(['starter', 'cancel', 0])
  expect([await scene.held(), harness.failures]).toEqual([starter(7), []])
})

test('a change that was made at Stripe is taken back like an upgrade, and given again', async () => {
  const { harness, outside, refund, told, held, balance } = await opened([])
  const more = await outside('softgate_starter_month_usd', 7)
  await buy(harness.as('acme', 'priya'), add(1))
  await refund(more)
  await expect.poll(held).toEqual(starter(6))
  const higher = await outside('softgate_professional_month_usd', 6)
  const dispute = await harness.sandbox.control.dispute(higher)
  await told()
  await expect.poll(held).toEqual(starter(6))
  await harness.sandbox.control.closeDispute(dispute, 'won')
  await told()
  await expect.poll(async () => (await held())[0]).toEqual(['softgate_professional_month_usd', 6])
  expect([await balance(), harness.failures]).toEqual([0, []])
})

test('a change that was made at Stripe stays by the policy keep; a year that was bought there is a period', async () => {
  const kept = await opened([], { onReversal: 'keep' })
  await kept.refund(await kept.outside('softgate_starter_month_usd', 7))
  await kept.told()
  expect([await kept.held(), kept.harness.failures]).toEqual([starter(7), []])
  const { harness, outside, refund, stands } = await opened([], {}, 'classic')
  await refund(await outside('softgate_starter_year_usd', 5))
  await expect.poll(stands).toEqual(['free', null, 0])
  expect(harness.failures).toEqual([])
})

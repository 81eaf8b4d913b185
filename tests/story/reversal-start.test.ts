import type { Account, Decision, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { buy } from '../support/buying.ts'
import { chargesOf, confirm, openFree, payOn, quoteStart, standingAt } from '../support/checkout.ts'
import { day, hour, openHarness } from '../support/harness.ts'

/** An account that began to pay for three seats of Starter, a day ago. */
async function begun(onReversal: 'revoke' | 'keep' = 'revoke') {
  const harness = await openHarness({ config: { ...teamflow, changes: { ...teamflow.changes, onReversal } } })
  await openFree(harness)
  await payOn((await confirm(harness, await quoteStart(harness, { quantity: 3 }))).url)
  await harness.sandbox.control.webhooks.flush()
  await harness.softgate.services.sweep()
  await harness.clock.advance(day)
  const told = async () => {
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  const ben = () => harness.as('birch', 'ben')
  const intentAt = async (place: number) => {
    const { data } = await harness.stripe.charges.list()
    return String(data.reverse()[place]?.payment_intent)
  }
  return {
    harness,
    told,
    ben,
    intentAt,
    plan: async () => (await harness.host.ok<Account>('GET', '/accounts/birch')).plan,
    upgrade: async () => (await ben().ok<State>('GET', '/state')).upgrade,
    refund: async (place = 0) => {
      await harness.stripe.refunds.create({ payment_intent: await intentAt(place) })
      await told()
    },
  }
}

test('a first payment that is refunded takes its subscription back: the plan is the free one, and nothing else moves', async () => {
  const { harness, refund, plan, told, upgrade, ben } = await begun()
  expect(await plan()).toBe('starter')
  await refund()
  await expect.poll(plan).toBe('free')
  await harness.clock.advance(25 * hour)
  await told()
  expect([await standingAt(harness), await plan(), await upgrade(), chargesOf(harness)]).toEqual([
    [],
    'free',
    null,
    [3_600],
  ])
  // Whoever was refunded by mistake may begin anew.
  const again = await buy(ben(), { kind: 'switch', title: 'Starter', interval: 'month' })
  expect([again.upgrade.status, harness.failures]).toEqual(['checkout', []])
})

test.each(['reset_before', 'reset_after', 'error_500_after'] as const)(
  'where the line breaks while the subscription ends (%s), the next look goes on',
  async (kind) => {
    const { harness, refund, plan, told } = await begun()
    const [id] = await standingAt(harness)
    harness.sandbox.control.failNext({ kind, match: { method: 'DELETE', path: `/v1/subscriptions/${id}` }, times: 2 })
    await refund()
    await told()
    await expect.poll(plan).toBe('free')
    expect([await standingAt(harness), chargesOf(harness)]).toEqual([[], [3_600]])
  },
)

test('a first payment that is disputed keeps its subscription until the dispute is lost', async () => {
  for (const outcome of ['won', 'lost'] as const) {
    const { harness, told, plan, intentAt } = await begun()
    const { control } = harness.sandbox
    const dispute = await control.dispute(await intentAt(0))
    await told()
    expect(await plan()).toBe('starter')
    await control.closeDispute(dispute, outcome)
    await told()
    await expect.poll(plan).toBe(outcome === 'won' ? 'starter' : 'free')
    expect([(await standingAt(harness)).length, harness.failures]).toEqual([outcome === 'won' ? 1 : 0, []])
  }
})

test('where more was paid for since, that much stays; once it is refunded too, the subscription is over', async () => {
  const { harness, refund, plan, told, ben } = await begun()
  await buy(ben(), { kind: 'add', quantity: 2 })
  await harness.clock.advance(hour)
  await refund(0)
  await told()
  const seats = () => harness.host.ok<Decision>('POST', '/check', { account: 'birch', feature: 'seats' })
  await expect.poll(async () => (await seats()).limit).toBe(2)
  expect(await plan()).toBe('starter')
  await refund(1)
  await told()
  await expect.poll(plan).toBe('free')
  expect(harness.failures).toEqual([])
})

test('by the policy keep the subscription stays', async () => {
  const { refund, plan, told } = await begun('keep')
  await refund()
  await told()
  expect(await plan()).toBe('starter')
})

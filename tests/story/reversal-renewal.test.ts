import type { Account, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { ChangeRules } from '../../server/src/catalog/model.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { buy } from '../support/buying.ts'
import { cleanup } from '../support/cleanup.ts'
import { charges, limit } from '../support/edge-cases.ts'
import { type AccountSpec, day, hour, openHarness, subscribe } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

/** Five seats of Starter, begun elsewhere and looked at for so many days. */
async function after(days: number, rules: Partial<ChangeRules> = {}, spec: AccountSpec = {}) {
  const database = freshSqlite()
  const config = { ...teamflow, changes: { ...teamflow.changes, ...rules } }
  const harness = await openHarness({ config, database })
  const { subscription } = await subscribe(harness, { taken: 3, ...spec })
  const { webhooks } = harness.sandbox.control
  const told = async () => {
    await webhooks.flush()
    await harness.softgate.services.sweep()
  }
  const pass = async (ms: number) => {
    await harness.clock.advance(ms)
    await harness.sandbox.clock.advance(0)
    await told()
  }
  const intentAt = async (place: number) => {
    const { data } = await harness.stripe.charges.list()
    return String(data.reverse().at(place)?.payment_intent)
  }
  const reader = await openDatabase({ url: database, instance: 'reader', clock: harness.clock })
  cleanup(() => reader.close())
  await pass(days * day)
  return {
    harness,
    webhooks,
    told,
    pass,
    intentAt,
    /** Refunds the last payment, or another one, in full or in part. */
    refund: async (place = -1, amount?: number) => {
      await harness.stripe.refunds.create({ payment_intent: await intentAt(place), ...(amount && { amount }) })
      await told()
    },
    plan: async () => (await harness.host.ok<Account>('GET', '/accounts/acme')).plan,
    pending: async () => (await harness.as('acme', 'priya').ok<State>('GET', '/state')).pending?.kind ?? null,
    status: async () => (await harness.stripe.subscriptions.retrieve(subscription)).status,
    kinds: async () => (await reader.read.billing.settlements('acme', 0)).map(({ kind }) => kind),
  }
}

const policies = {
  revoke: { now: ['free', null], later: ['free', 2] },
  cancel: { now: ['starter', 'cancel'], later: ['free', 2] },
  keep: { now: ['starter', null], later: ['starter', 3] },
} as const

for (const [onRenewalReversal, { now, later }] of Object.entries(policies))
  test(`a renewal that is refunded, by the policy ${onRenewalReversal}; the money is written down all the same`, async () => {
    const rules = { onRenewalReversal: onRenewalReversal as keyof typeof policies }
    const { harness, refund, told, pass, plan, pending, kinds } = await after(32, rules)
    await refund()
    await told()
    expect([await plan(), await pending()]).toEqual(now)
    expect(await kinds()).toEqual(['payment', 'payment', 'refund'])
    await pass(32 * day)
    expect([await plan(), charges(harness).length]).toEqual(later)
    expect(harness.failures).toEqual([])
  })

test('whoever is to lose a subscription with its period may keep it, and is not asked again', async () => {
  const { harness, refund, told, pending, plan, pass } = await after(32, { onRenewalReversal: 'cancel' })
  await refund()
  await buy(harness.as('acme', 'priya'), { kind: 'resume' })
  await told()
  expect([await plan(), await pending()]).toEqual(['starter', null])
  await pass(25 * hour)
  expect(await pending()).toBeNull()
})

test.each(['lost', 'repeated', 'reversed'] as const)('with the news of it %s it comes to the same', async (news) => {
  const { harness, webhooks, intentAt, pass, plan, kinds } = await after(32)
  if (news === 'lost') webhooks.dropNext(1_000)
  if (news === 'repeated') webhooks.repeatNext(1_000)
  webhooks.reverse(news === 'reversed')
  await harness.stripe.refunds.create({ payment_intent: await intentAt(-1) })
  await pass(25 * hour)
  await pass(25 * hour)
  expect([await plan(), await kinds(), charges(harness).length]).toEqual(['free', ['payment', 'payment', 'refund'], 2])
  expect(harness.failures).toEqual([])
})

test('a renewal that is disputed stands until the last word', async () => {
  for (const outcome of ['won', 'lost'] as const) {
    const { harness, told, plan, intentAt, kinds } = await after(32)
    const { control } = harness.sandbox
    const dispute = await control.dispute(await intentAt(-1))
    await told()
    expect(await plan()).toBe('starter')
    await control.closeDispute(dispute, outcome)
    await told()
    await expect.poll(plan).toBe(outcome === 'won' ? 'starter' : 'free')
    expect((await kinds()).slice(2)).toEqual(outcome === 'won' ? ['dispute', 'dispute_won'] : ['dispute'])
    expect(harness.failures).toEqual([])
  }
})

test('of a period that is over nothing is left to take back', async () => {
  const { harness, refund, plan, kinds } = await after(64)
  await refund(1)
  expect([await plan(), await kinds()]).toEqual(['starter', ['payment', 'payment', 'payment', 'refund']])
  expect(harness.failures).toEqual([])
})

test('a part of a payment takes nothing back; the rest of it does', async () => {
  const { refund, plan, kinds } = await after(32)
  await refund(-1, 5_999)
  expect(await plan()).toBe('starter')
  await refund(-1, 1)
  await expect.poll(plan).toBe('free')
  expect(await kinds()).toEqual(['payment', 'payment', 'refund', 'refund'])
})

test('whoever has canceled, or waits for a lower plan, and has the renewal paid back is without it at once', async () => {
  const canceled = await after(32)
  await buy(canceled.harness.as('acme', 'priya'), { kind: 'cancel' })
  const waiting = await after(32, {}, { plan: 'professional' })
  await buy(waiting.harness.as('acme', 'priya'), { kind: 'switch', title: 'Starter', interval: 'month' })
  for (const { harness, refund, plan, pending } of [canceled, waiting]) {
    await refund()
    await expect.poll(plan).toBe('free')
    expect([await pending(), harness.failures]).toEqual([null, []])
  }
})

test('where more was bought for the period since, that stays alone, and is renewed', async () => {
  const { harness, refund, told, plan, pass } = await after(32)
  await buy(harness.as('acme', 'priya'), { kind: 'add', quantity: 3 })
  await refund(1)
  await told()
  await expect.poll(() => limit(harness)).toBe(3)
  expect(await plan()).toBe('starter')
  const before = charges(harness).length
  await pass(32 * day)
  expect([await limit(harness), charges(harness).slice(before), harness.failures]).toEqual([3, [3_600], []])
})

test('a first payment is one by whatever way it came: begun elsewhere, after a trial, or by ending the trial', async () => {
  const keep = { onRenewalReversal: 'keep' } as const
  const elsewhere = await after(3, keep)
  const tried = await after(15, keep, { trialDays: 14 })
  const converted = await after(3, keep, { trialDays: 14 })
  await buy(converted.harness.as('acme', 'priya'), { kind: 'convert' })
  for (const { harness, refund, plan, status } of [elsewhere, tried, converted]) {
    expect([await plan(), charges(harness).length]).toEqual(['starter', 1])
    await refund()
    await expect.poll(plan).toBe('free')
    expect([await status(), harness.failures]).toEqual(['canceled', []])
  }
})

test('the first payment after a trial stays by the policy keep; the renewal after it has its own', async () => {
  const { refund, plan, pass } = await after(15, { onReversal: 'keep' }, { trialDays: 14 })
  await refund()
  expect(await plan()).toBe('starter')
  await pass(32 * day)
  await refund()
  await expect.poll(plan).toBe('free')
})

test.each(['reset_before', 'reset_after', 'error_500_after'] as const)(
  'where the line breaks while it is made to end (%s), the next look goes on',
  async (kind) => {
    const { harness, refund, told, pending } = await after(32, { onRenewalReversal: 'cancel' })
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' }, times: 2 })
    await refund()
    await told()
    await expect.poll(pending).toBe('cancel')
  },
)

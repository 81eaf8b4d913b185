import type { Segment } from '@softgate/sdk/contract'
import { describe, expect, it, test } from 'vitest'
import type { AccountRecord, SubscriptionRecord } from '../../../server/src/accounts/model.ts'
import { readinessDefaults } from '../../../server/src/catalog/defaults.ts'
import { readinessOf } from '../../../server/src/triggers/readiness.ts'
import { account, day, start, subscription } from '../samples.ts'

const now = start
const segments: Segment[] = ['smb', 'mid_market', 'enterprise']

/** An account that has reached everything its segment is asked for, and not a bit more. */
const passing: Record<Segment, AccountRecord> = {
  smb: account({
    onboardedAt: now - 31 * day,
    healthScore: 75,
    facts: { key_features: 3, active_seats_percent: 60.1, tickets: 'stable', nps: 7 },
  }),
  mid_market: account({
    onboardedAt: now - 46 * day,
    healthScore: 80,
    facts: { key_features: 5, active_seats_percent: 70.1, tickets: 'declining', nps: 8 },
  }),
  enterprise: account({
    onboardedAt: now - 61 * day,
    healthScore: 85,
    facts: {
      key_features: 7,
      departments: 2,
      active_seats_percent: 75.1,
      tickets: 'declining',
      nps: 8,
      executive_sponsor: true,
    },
  }),
}
type Change = Partial<AccountRecord>
const readiness = (segment: Segment, change: Change = {}, paid: SubscriptionRecord | null = null) => {
  const given = passing[segment]
  const facts = { ...given.facts, ...change.facts }
  return readinessOf({
    account: { ...given, ...change, facts },
    subscription: paid,
    bounds: readinessDefaults[segment],
    now,
  })
}
const rulesWith = (code: string, { explain }: ReturnType<typeof readiness>) =>
  explain.filter((reason) => reason.code === code).map((reason) => reason.rule)

/** What is just not enough, by criterion, for each segment that has it. */
const misses: [rule: string, change: Partial<Record<Segment, Change>>][] = [
  [
    'days since onboarding',
    {
      smb: { onboardedAt: now - 30 * day },
      mid_market: { onboardedAt: now - 45 * day },
      enterprise: { onboardedAt: now - 60 * day },
    },
  ],
  [
    'key features adopted',
    {
      smb: { facts: { key_features: 2 } },
      mid_market: { facts: { key_features: 4 } },
      enterprise: { facts: { key_features: 6 } },
    },
  ],
  ['health score', { smb: { healthScore: 74 }, mid_market: { healthScore: 79 }, enterprise: { healthScore: 84 } }],
  [
    'active seats in percent',
    {
      smb: { facts: { active_seats_percent: 60 } },
      mid_market: { facts: { active_seats_percent: 70 } },
      enterprise: { facts: { active_seats_percent: 75 } },
    },
  ],
  [
    'support tickets',
    {
      smb: { facts: { tickets: 'rising' } },
      mid_market: { facts: { tickets: 'stable' } },
      enterprise: { facts: { tickets: 'stable' } },
    },
  ],
  ['NPS', { smb: { facts: { nps: 6 } }, mid_market: { facts: { nps: 7 } }, enterprise: { facts: { nps: 7 } } }],
  ['departments', { enterprise: { facts: { departments: 1 } } }],
  ['executive sponsor', { enterprise: { facts: { executive_sponsor: false } } }],
]
const missing: Change[] = [
  { onboardedAt: null },
  { healthScore: null },
  ...['key_features', 'active_seats_percent', 'tickets', 'nps'].map((fact) => ({ facts: { [fact]: null } })),
]

describe('the readiness gate', () => {
  test.each(segments)('lets an account of %s through that has just reached everything', (segment) => {
    const found = readiness(segment)
    expect(rulesWith('passed', found)).toEqual(found.explain.map((reason) => reason.rule))
    expect(found.ready).toBe(true)
  })

  test.each(misses)('holds an account back for one criterion alone: %s', (rule, changes) => {
    for (const [segment, change] of Object.entries(changes)) {
      const found = readiness(segment as Segment, change)
      expect([segment, found.ready, rulesWith('failed', found)]).toEqual([segment, false, [rule]])
    }
  })

  it('passes what is unknown for small accounts only, and always says that it is unknown', () => {
    for (const segment of segments)
      for (const change of missing) {
        const found = readiness(segment, change)
        expect(rulesWith('unknown', found)).toHaveLength(1)
        expect([segment, found.ready]).toEqual([segment, segment === 'smb'])
      }
  })

  it('asks an enterprise for a sponsor and for departments that it knows of', () => {
    expect(readiness('enterprise', { facts: { executive_sponsor: null } }).ready).toBe(false)
    expect(readiness('enterprise', { facts: { departments: null } }).ready).toBe(false)
  })

  it('shows of each criterion the value and the bound', () => {
    const found = readiness('smb').explain.find((reason) => reason.rule === 'health score')
    expect(found).toEqual({ code: 'passed', rule: 'health score', facts: { value: 75, bound: 75 } })
  })
})

describe('what time alone would change', () => {
  it('is told with the first instant at which the account is ready', () => {
    const { bounds, change } = { bounds: readinessDefaults.smb, change: { onboardedAt: now - 3 * day } }
    const { readyAt } = readiness('smb', change)
    expect(readyAt).toBe(change.onboardedAt + (bounds.onboardedDays + 1) * day)
    const at = (instant: number) =>
      readinessOf({ account: { ...passing.smb, ...change }, subscription: null, bounds, now: instant }).ready
    expect([at((readyAt ?? 0) - 1), at(readyAt ?? 0)]).toEqual([false, true])
    expect(readiness('smb', { ...change, contractRenewsAt: now + 30 * day }).readyAt).toBe(now + 30 * day + 1)
  })

  it('is nothing where more than time is missing, or nothing at all', () => {
    expect(readiness('smb').readyAt).toBeNull()
    expect(readiness('smb', { onboardedAt: now - 3 * day, healthScore: 1 }).readyAt).toBeNull()
  })
})

describe('a pause', () => {
  test.each<[rule: string, change: Change, paid: SubscriptionRecord | null]>([
    ['payment is open', {}, subscription({ status: 'past_due' })],
    ['payment is open', {}, subscription({ status: 'unpaid' })],
    ['cancelling at period end', {}, subscription({ cancelAt: now + day })],
    ['a critical ticket is open', { facts: { critical_ticket: true } }, null],
    ['an expansion talk is under way', { facts: { expansion_talk: true } }, null],
    ['inside the renewal talk', { contractRenewsAt: now + 30 * day }, null],
    ['inside the renewal talk', { contractRenewsAt: now }, subscription({ interval: 'year' })],
    ['inside the renewal talk', { contractRenewsAt: now + day, facts: { contract_months: 6 } }, subscription()],
  ])('holds whatever the score: %s', (rule, change, paid) => {
    for (const segment of segments) {
      const found = readiness(segment, change, paid)
      expect([found.ready, rulesWith('paused', found)]).toEqual([false, [rule]])
    }
  })

  test.each<[why: string, change: Change, paid: SubscriptionRecord | null]>([
    ['the renewal is more than 30 days away', { contractRenewsAt: now + 30 * day + 1 }, null],
    ['the renewal is over', { contractRenewsAt: now - 1 }, null],
    ['the contract runs for less than 6 months', { contractRenewsAt: now + day, facts: { contract_months: 5 } }, null],
    [
      'the month is paid, as a monthly subscription has no renewal talk',
      { contractRenewsAt: now + day },
      subscription(),
    ],
    ['the subscription is in good order', {}, subscription()],
    ['the ticket is closed again', { facts: { critical_ticket: false } }, null],
  ])('does not hold when %s', (_, change, paid) => {
    expect(readiness('smb', change, paid)).toMatchObject({ ready: true })
  })
})

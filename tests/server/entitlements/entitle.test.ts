import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { standingOf } from '../../../server/src/accounts/standing.ts'
import type { BooleanFeature } from '../../../server/src/catalog/model.ts'
import { entitle, type OverrideRecord } from '../../../server/src/entitlements/entitle.ts'
import { account, day, start, subscription } from '../samples.ts'

const record = (rest: Partial<OverrideRecord> = {}): OverrideRecord => ({
  account: 'acme',
  feature: 'sso',
  kind: 'override',
  grant: true,
  reason: 'goodwill',
  author: 'support',
  endsAt: null,
  createdAt: start,
  ...rest,
})
const sso: BooleanFeature = { kind: 'boolean', title: 'SSO' }

function open(overrides: OverrideRecord[], { feature = sso, facts = {}, now = start, plan = 'starter' } = {}) {
  const who = account({ plan, facts })
  const standing = standingOf(config, who, null, now)
  return entitle({ catalog: config, key: 'sso', feature, account: who, standing, overrides, now })
}

describe('what an account has', () => {
  it('is what its plan gives, and says which', () => {
    expect(open([])).toMatchObject({ grant: undefined, missing: 'not_in_plan', until: null })
    expect(open([], { plan: 'business' })).toMatchObject({ grant: true })
    expect(open([]).explain.map(({ code }) => code)).toEqual(['plan', 'not_in_plan'])
  })

  it('says which add-ons beside the plan give it', () => {
    const sold = { ...config, addons: { safety: { title: 'Safety', grants: { sso: true as const }, prices: [] } } }
    const who = account({ plan: null })
    const paid = subscription({ plan: 'starter', addons: { safety: 1 } })
    const standing = standingOf(sold, who, paid, start)
    const about = { catalog: sold, key: 'sso', feature: sso, account: who, overrides: [], now: start }
    const found = entitle({ ...about, standing })
    expect(found.grant).toBe(true)
    expect(found.explain.at(-1)).toEqual({ code: 'granted', facts: { plan: 'starter', addons: 'safety' } })
  })

  it('is what an override says until it ends, with its reason and author', () => {
    const until = record({ endsAt: start + day })
    expect(open([until])).toMatchObject({ grant: true, until: start + day })
    expect(open([until]).explain.at(-1)).toEqual({
      code: 'override',
      facts: { grant: 'true', author: 'support', endsAt: new Date(start + day).toISOString() },
      rule: 'goodwill',
    })
    expect(open([until], { now: start + day })).toMatchObject({ grant: undefined })
    expect(open([record({ feature: 'other' })])).toMatchObject({ grant: undefined })
  })

  it('can be taken away', () => {
    expect(open([record({ grant: null })], { plan: 'business' })).toMatchObject({
      grant: undefined,
      missing: 'revoked',
    })
  })

  it('may be a trial, which an override goes before, and whichever ends first is the next change', () => {
    const trial = record({ kind: 'trial', endsAt: start + 14 * day })
    expect(open([trial])).toMatchObject({ grant: true, trialEndsAt: start + 14 * day, until: start + 14 * day })
    const both = [trial, record({ grant: null, endsAt: start + day })]
    expect(open(both)).toMatchObject({ grant: undefined, trialEndsAt: null, until: start + day })
    expect(open(both, { now: start + 2 * day })).toMatchObject({ grant: true })
  })

  it('is for those in beta alone while a feature is in it, whatever their plan', () => {
    const beta = (rule: BooleanFeature['beta']): BooleanFeature => ({ ...sso, ...(rule && { beta: rule }) })
    expect(open([], { feature: beta({ accounts: ['acme'] }) })).toMatchObject({ grant: true })
    expect(open([], { feature: beta({ accounts: ['other'] }), plan: 'business' })).toMatchObject({
      grant: undefined,
      missing: 'beta_only',
    })
    expect(open([], { feature: beta({ fact: 'early' }), facts: { early: true } })).toMatchObject({ grant: true })
    expect(open([], { feature: beta({ fact: 'early' }), facts: { early: 'yes' } })).toMatchObject({ grant: undefined })
  })
})

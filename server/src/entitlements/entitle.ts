import type { DecisionReason, Reason } from '@softgate/sdk/contract'
import type { AccountRecord } from '../accounts/model.ts'
import type { Standing } from '../accounts/standing.ts'
import { grantWith } from '../catalog/limits.ts'
import type { Catalog, Feature, Grant } from '../catalog/model.ts'
import { betaGrant } from '../catalog/validate-limits.ts'
import { toIsoOrNull } from '../kernel/clock.ts'

/**
 * What an account has of a feature other than its plan gives: an `override`, or a `trial` that it has once. Null for the grant
 * takes the feature away.
 */
export interface OverrideRecord {
  account: string
  feature: string
  kind: 'override' | 'trial'
  grant: Grant | null
  reason: string
  author: string
  /** Epoch ms; null for no end. */
  endsAt: number | null
  createdAt: number
}

/** What an account has of a feature, and why. */
export interface Entitlement {
  /** Undefined where it has nothing. */
  grant: Grant | undefined
  /** Why it has nothing. */
  missing: DecisionReason
  /** Whether it is given to this account by itself: then no use has to unlock it. */
  isOwn: boolean
  /** When time alone will change it; null when it will not. Epoch ms. */
  until: number | null
  /** When the trial that gives it ends. */
  trialEndsAt: number | null
  explain: Reason[]
}

export interface EntitleInput {
  catalog: Catalog
  key: string
  feature: Feature
  account: AccountRecord
  standing: Standing
  overrides: readonly OverrideRecord[]
  now: number
}

/** Finds what an account has of a feature: an override before a trial, a trial before the beta rule, that before the plan. */
export function entitle(input: EntitleInput): Entitlement {
  const { key, now, standing } = input
  const mine = input.overrides.filter((one) => one.feature === key && (one.endsAt === null || now < one.endsAt))
  const override = mine.find(({ kind }) => kind === 'override')
  const trial = mine.find(({ kind }) => kind === 'trial')
  const chosen = override ?? trial
  const explain = [...standing.explain, ...mine.map(toReason)]
  if (chosen) {
    const ends = [standing.until, ...mine.map(({ endsAt }) => endsAt)].filter((at) => at !== null)
    return {
      grant: chosen.grant ?? undefined,
      missing: 'revoked',
      isOwn: true,
      until: ends.length === 0 ? null : Math.min(...ends),
      trialEndsAt: chosen.kind === 'trial' ? chosen.endsAt : null,
      explain,
    }
  }
  const planned = byPlan(input)
  return {
    ...planned,
    isOwn: false,
    until: standing.until,
    trialEndsAt: null,
    explain: [...explain, ...planned.explain],
  }
}

const toReason = ({ kind, grant, reason, author, endsAt }: OverrideRecord): Reason => ({
  code: kind,
  facts: { grant: grant === null ? null : JSON.stringify(grant), author, endsAt: toIsoOrNull(endsAt) },
  rule: reason,
})

function byPlan({
  catalog,
  key,
  feature,
  account,
  standing,
}: EntitleInput): Pick<Entitlement, 'grant' | 'missing' | 'explain'> {
  const { plan, subscription } = standing
  const held = subscription?.addons ?? {}
  const grant = grantWith(catalog, plan, held, key)
  const addons = Object.keys(held).filter((addon) => catalog.addons[addon]?.grants[key] !== undefined)
  const { beta } = feature
  if (!beta)
    return {
      grant,
      missing: 'not_in_plan',
      explain: [
        {
          code: grant === undefined ? 'not_in_plan' : 'granted',
          facts: { plan, ...(addons.length > 0 && { addons: addons.join(', ') }) },
        },
      ],
    }
  const listed = beta.accounts?.includes(account.id) ?? false
  const told = beta.fact !== undefined && account.facts[beta.fact] === true
  const facts = { listed, fact: beta.fact ?? null }
  return listed || told
    ? { grant: grant ?? betaGrant(feature), missing: 'beta_only', explain: [{ code: 'in_beta', facts }] }
    : { grant: undefined, missing: 'beta_only', explain: [{ code: 'not_in_beta', facts }] }
}

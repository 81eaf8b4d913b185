import type { Decision, DecisionReason } from '@softgate/sdk/contract'
import { graceLimitOf, limitOf, softLimitsOf } from '../catalog/limits.ts'
import type { Beyond, Catalog, Feature, Grant, MeteredFeature } from '../catalog/model.ts'
import { toIsoOrNull } from '../kernel/clock.ts'
import { isWindow } from '../metering/meters.ts'

/** Everything a decision depends on. */
export interface DecideInput {
  key: string
  feature: Feature
  /** What the account has of it; undefined when nothing. */
  grant: Grant | undefined
  /** Why it has nothing; not in its plan when left out. */
  missing?: DecisionReason | undefined
  billing: Catalog['billing']
  /** Units bought of this feature, undefined without a live subscription that sells it. */
  bought: number | undefined
  /** Whether it is about the account as a whole, where limits of users and entities do not apply. */
  whole?: boolean
  /** Units used in the period, or the present level; null where they are not counted. */
  used: number | null
  /** Units that are reserved and not used yet. */
  held?: number
  /** Units that rolled over, given the limit of a period. */
  carried?(limit: number): number
  /** What happens beyond the limit; it blocks when left out. */
  beyond?: Beyond | undefined
  /** When use passed this limit, epoch ms; null or left out when it has not. */
  overSince?(limit: number): number | null
  /** Use of the feature that unlocks it, and how much it takes. */
  unlock?: { feature: string; used: number; needed: number } | undefined
  /** When the period ends, epoch ms; null for a level. */
  resetsAt: number | null
  /** When something else than use and the period will change it, epoch ms. */
  changesAt?: number | null
  /** When the trial ends by which the account has it, epoch ms. */
  trialEndsAt?: number | null
  /** When the limit will be reached at the present rate; null or left out when it will not. */
  forecast?: Decision['forecast'] | null
  /** Epoch ms; grace by time needs it. */
  now?: number
}

const answer = (
  input: DecideInput,
  rest: Partial<Decision> & Pick<Decision, 'state' | 'allowed' | 'reason'>,
): Decision => ({
  feature: input.key,
  kind: input.feature.kind,
  limit: null,
  used: null,
  remaining: null,
  softLimit: null,
  resetsAt: null,
  graceEndsAt: null,
  nextChangeAt: toIsoOrNull(input.changesAt ?? null),
  ...(input.trialEndsAt != null && { trial: { endsAt: new Date(input.trialEndsAt).toISOString() } }),
  ...(input.unlock && { unlock: input.unlock }),
  source: 'live',
  ageMs: 0,
  ...rest,
})

/** Decides about `quantity` more units of a feature. Pure: the same input always gives the same answer. */
export function decide(input: DecideInput, quantity = 1): Decision {
  const { feature, grant, unlock } = input
  if (grant === undefined)
    return answer(input, { state: 'locked', allowed: false, reason: input.missing ?? 'not_in_plan' })
  if (isShut(unlock)) return answer(input, { state: 'locked', allowed: false, reason: 'not_unlocked' })
  if (feature.kind === 'metered') return decideUse(input, feature, { grant, quantity })
  const value = feature.kind === 'static' ? { value: typeof grant === 'object' ? grant.value : null } : {}
  return answer(input, { state: 'ok', allowed: true, reason: 'granted', ...value })
}

const isShut = (unlock: DecideInput['unlock']): boolean => unlock !== undefined && unlock.used < unlock.needed

function decideUse(
  input: DecideInput,
  feature: MeteredFeature,
  { grant, quantity }: { grant: Grant; quantity: number },
) {
  const { held = 0, forecast } = input
  const used = input.used ?? 0
  const bounds = boundsOf(input, feature, grant)
  const { limit, rolledOver, graceEndsAt } = bounds
  const counted = {
    ...(feature.scope && { scope: feature.scope }),
    used,
    resetsAt: isWindow(feature) ? null : toIsoOrNull(input.resetsAt),
    nextChangeAt: toIsoOrNull(earliest(input.resetsAt, input.changesAt, graceEndsAt)),
    ...(held > 0 && { held }),
    ...(rolledOver > 0 && { rolledOver }),
  }
  if (feature.scope !== undefined && input.whole)
    return answer(input, { ...counted, used: input.used, state: 'ok', allowed: true, reason: 'granted' })
  if (limit === null) return answer(input, { ...counted, state: 'ok', allowed: true, reason: 'unlimited' })

  const softLimits = softLimitsOf(feature, limit)
  const [softLimit = null] = softLimits
  const limited = {
    ...counted,
    limit,
    softLimit,
    ...(softLimits.length > 1 && { softLimits }),
    remaining: Math.max(0, limit - used - held),
    graceEndsAt: toIsoOrNull(graceEndsAt),
    ...(bounds.most !== null &&
      bounds.most > limit && { graceRemaining: finite(Math.max(0, bounds.most - used - held)) }),
    ...(used < limit && forecast && { forecast }),
    ...(input.beyond === 'overage' && { overage: Math.max(0, used - limit) }),
  }
  const after = used + held + quantity
  if (bounds.most !== null && after > bounds.most)
    return answer(input, { ...limited, state: 'blocked', allowed: false, reason: 'limit_reached' })
  if (after > limit && input.beyond === 'overage')
    return answer(input, { ...limited, state: 'warn', allowed: true, reason: 'overage' })
  if (after > limit) return answer(input, { ...limited, state: 'grace', allowed: true, reason: 'grace' })
  if (softLimit !== null && used >= softLimit)
    return answer(input, { ...limited, state: 'warn', allowed: true, reason: 'soft_limit_passed' })
  return answer(input, { ...limited, state: 'ok', allowed: true, reason: 'within_limit' })
}

interface Bounds {
  /** Units granted and rolled over; null for no limit. */
  limit: number | null
  rolledOver: number
  /** The most that use may come to, grace included; null for no bound. */
  most: number | null
  /** When the grace that runs now ends, epoch ms. */
  graceEndsAt: number | null
}

const dayMs = 86_400_000

function boundsOf(input: DecideInput, feature: MeteredFeature, grant: Grant): Bounds {
  const granted = feature.scope !== undefined && input.whole ? null : limitOf(grant, input.bought, input.billing)
  if (granted === null) return { limit: null, rolledOver: 0, most: null, graceEndsAt: null }
  const rolledOver = input.carried?.(granted) ?? 0
  const limit = granted + rolledOver
  const { beyond = 'block', now = 0 } = input
  const plain = { limit, rolledOver, graceEndsAt: null }
  if (beyond === 'overage') return { ...plain, most: null }
  if (beyond === 'block') return { ...plain, most: limit }
  const most = graceLimitOf(beyond, limit)
  if (beyond.days === undefined || (input.used ?? 0) <= limit) return { ...plain, most }
  // Where the limit itself came down, nobody passed it: there is no grace by time to be had.
  const since = input.overSince?.(limit) ?? null
  const ends = since === null ? Number.NEGATIVE_INFINITY : since + beyond.days * dayMs
  return now < ends ? { ...plain, most, graceEndsAt: ends } : { ...plain, most: limit }
}

/** The most that use may come to; null for no bound. What is consumed or reserved is held to it. */
export function mostOf(input: DecideInput): number | null {
  const { feature, grant } = input
  if (feature.kind !== 'metered' || grant === undefined) return null
  return finite(boundsOf(input, feature, grant).most)
}

const finite = (units: number | null): number | null => (units === Number.POSITIVE_INFINITY ? null : units)

/** The limit of whoever has one of their own; null for none, or for nothing that is counted. */
export function limitOfEach(input: DecideInput): number | null {
  const { feature, grant, unlock } = input
  if (feature.kind !== 'metered' || grant === undefined || isShut(unlock)) return null
  const granted = limitOf(grant, input.bought, input.billing)
  return granted === null ? null : granted + (input.carried?.(granted) ?? 0)
}

function earliest(...instants: (number | null | undefined)[]): number | null {
  const known = instants.filter((at) => at != null)
  return known.length === 0 ? null : Math.min(...known)
}

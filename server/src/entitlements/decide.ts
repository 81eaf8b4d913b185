import type { Decision } from '@softgate/sdk/contract'
import { limitOf, softLimitOf } from '../catalog/limits.ts'
import type { Catalog, Feature, Grant } from '../catalog/model.ts'
import { toIsoOrNull } from '../kernel/clock.ts'

/** Everything a decision depends on. */
export interface DecideInput {
  key: string
  feature: Feature
  /** What the plan in force gives; undefined when the feature is not in it. */
  grant: Grant | undefined
  billing: Catalog['billing']
  /** Units bought of this feature, undefined without a live subscription that sells it. */
  bought: number | undefined
  /** Whether it is about the account as a whole, where limits of users and entities do not apply. */
  whole?: boolean
  /** Units used in the period, or the present level; null where they are not counted. */
  used: number | null
  /** Units that rolled over, given the limit of a period. */
  carried?(limit: number): number
  /** When the period ends, epoch ms; null for a level. */
  resetsAt: number | null
  /** When the limit will be reached at the present rate; null or left out when it will not. */
  forecast?: Decision['forecast'] | null
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
  nextChangeAt: null,
  source: 'live',
  ageMs: 0,
  ...rest,
})

/** Decides about `quantity` more units of a feature. Pure: the same input always gives the same answer. */
export function decide(input: DecideInput, quantity = 1): Decision {
  const { feature, grant } = input
  if (grant === undefined) return answer(input, { state: 'locked', allowed: false, reason: 'not_in_plan' })
  if (feature.kind === 'static') {
    const value = typeof grant === 'object' ? grant.value : null
    return answer(input, { state: 'ok', allowed: true, reason: 'granted', value })
  }
  if (feature.kind === 'boolean') return answer(input, { state: 'ok', allowed: true, reason: 'granted' })

  const { bought, billing } = input
  const used = input.used ?? 0
  const rolling = typeof feature.reset === 'object'
  const nextChangeAt = toIsoOrNull(input.resetsAt)
  const resetsAt = rolling ? null : nextChangeAt
  const scope = feature.scope && { scope: feature.scope }
  if (feature.scope !== undefined && input.whole)
    return answer(input, {
      ...scope,
      used: input.used,
      resetsAt,
      nextChangeAt,
      state: 'ok',
      allowed: true,
      reason: 'granted',
    })
  const granted = limitOf(grant, bought, billing)
  const rolledOver = granted === null ? 0 : (input.carried?.(granted) ?? 0)
  const counted = { ...scope, used, resetsAt, nextChangeAt, ...(rolledOver > 0 && { rolledOver }) }
  if (granted === null) return answer(input, { ...counted, state: 'ok', allowed: true, reason: 'unlimited' })

  const limit = granted + rolledOver
  const softLimit = softLimitOf(feature, limit)
  const ahead = used < limit && input.forecast ? { forecast: input.forecast } : {}
  const bounds = { ...counted, limit, softLimit, remaining: Math.max(0, limit - used), ...ahead }
  if (used + quantity > limit)
    return answer(input, { ...bounds, state: 'blocked', allowed: false, reason: 'limit_reached' })
  if (softLimit !== null && used >= softLimit)
    return answer(input, { ...bounds, state: 'warn', allowed: true, reason: 'soft_limit_passed' })
  return answer(input, { ...bounds, state: 'ok', allowed: true, reason: 'within_limit' })
}

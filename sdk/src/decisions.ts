import type { Decision } from './contract/index.ts'

/** What is said about a feature of which nothing is known: the default that the host has declared. */
export const byDefault = (feature: string, allowed: boolean): Decision => ({
  feature,
  kind: 'boolean',
  state: allowed ? 'ok' : 'locked',
  allowed,
  reason: 'unknown',
  limit: null,
  used: null,
  remaining: null,
  softLimit: null,
  resetsAt: null,
  graceEndsAt: null,
  nextChangeAt: null,
  source: 'default',
  ageMs: 0,
})

/** The answer about `quantity` units, from the one about a single unit: the same that the server gives. */
export function forQuantity(decision: Decision, quantity: number): Decision {
  const { limit, used, held = 0, graceLimit = limit } = decision
  if (quantity === 1 || limit === null || used === null || decision.state === 'locked') return decision
  const after = used + held + quantity
  if (after <= limit) return decision
  if ('overage' in decision) return { ...decision, state: 'warn', allowed: true, reason: 'overage' }
  return graceLimit === null || after <= graceLimit
    ? { ...decision, state: 'grace', allowed: true, reason: 'grace' }
    : { ...decision, state: 'blocked', allowed: false, reason: 'limit_reached' }
}

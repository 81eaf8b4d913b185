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

/** The answer about `quantity` units, from the one about a single unit. What is tolerated or billed beyond the limit stands. */
export function forQuantity(decision: Decision, quantity: number): Decision {
  const { remaining, graceRemaining = remaining } = decision
  return !decision.allowed || 'overage' in decision || quantity <= (graceRemaining ?? quantity)
    ? decision
    : { ...decision, state: 'blocked', allowed: false, reason: 'limit_reached' }
}

import type { Decision } from '../contract/index.ts'

/** The answer about `quantity` units, from the one about a single unit. In grace the server tolerates, so it stands. */
export function forQuantity(decision: Decision, quantity: number): Decision {
  const { limit, used, state } = decision
  if (quantity === 1 || limit === null || used === null || state === 'grace' || used + quantity <= limit)
    return decision
  return { ...decision, state: 'blocked', allowed: false, reason: 'limit_reached' }
}

import type { CheckInput, Decision, Reason } from '@softgate/sdk/contract'
import { beyondOf } from '../catalog/limits.ts'
import { forRole } from '../entitlements/roles.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { type Scoped, userScope } from '../kernel/scope.ts'
import { type Context, featureUnknown, scopeFor, snapshotOf } from './context.ts'

/** The decision about one unit as JSON, straight from memory; undefined when it has to be looked up. */
export const checkFast = (context: Context, account: string, feature: string): string | undefined =>
  context.snapshots.peek(account)?.decisionJson(feature)

/** Whether `quantity` more units are allowed. Changes nothing. */
export async function check(
  context: Context,
  account: string,
  { feature, quantity = 1, explain = false, ...naming }: CheckInput,
): Promise<Decision> {
  const found = await decisionFor(context, { account, feature, quantity, ...naming })
  return explain ? { ...found.decision, explain: explainOf(context, found) } : found.decision
}

export interface Question extends Scoped {
  account: string
  feature: string
  quantity: number
  /** Whether it is about all users or entities together, where each has a limit. */
  whole?: boolean
}

interface Found {
  decision: Decision
  snapshot: Snapshot
  /** Of the user who is named, where it matters. */
  role?: string | null
}

/** The decision as it is for whoever is named: by their own limit where they have one, and by their present role. */
export async function decisionFor(
  context: Context,
  { account, feature, quantity, whole = false, ...naming }: Question,
): Promise<Found> {
  const snapshot = await snapshotOf(context, account, whole ? '' : scopeFor(context, feature, naming))
  const spec = context.catalog.features[feature]
  const decision = snapshot.decide(feature, quantity)
  if (!decision || !spec) throw featureUnknown(feature)
  if (spec.roles === undefined || naming.user === undefined) return { decision, snapshot }
  const { role } = await snapshotOf(context, account, userScope(naming.user))
  return { decision: forRole(decision, spec, role), snapshot, role }
}

/** What stands behind a decision, and the rule that came to it. */
function explainOf(context: Context, { decision, snapshot, role = null }: Found): Reason[] {
  const { feature, reason, limit, used, held = 0, rolledOver = 0, graceEndsAt, unlock, resetsAt } = decision
  const counted =
    used === null
      ? unlock === undefined
        ? {}
        : { unlockedBy: unlock.feature, used: unlock.used, needed: unlock.needed }
      : { used, limit, held, rolledOver, graceEndsAt, resetsAt }
  const facts = reason === 'role_not_allowed' ? { role } : counted
  const rule = ruleOf(context, snapshot.plan, decision)
  return [...snapshot.because(feature), { code: reason, facts, ...(rule !== undefined && { rule }) }]
}

/** The rule of the catalogue that came to a decision, where it is not the grant alone. */
function ruleOf({ catalog }: Context, plan: string, { feature: key, reason }: Decision): string | undefined {
  const feature = catalog.features[key]
  if (reason === 'role_not_allowed') return `roles.use: ${JSON.stringify(feature?.roles?.use)}`
  if (reason === 'not_unlocked') return `unlock: ${JSON.stringify(feature?.unlock)}`
  const isBeyond = reason === 'grace' || reason === 'overage' || reason === 'limit_reached'
  return isBeyond && feature?.kind === 'metered'
    ? `beyond: ${JSON.stringify(beyondOf(catalog, plan, key, feature))}`
    : undefined
}

import type { CheckInput, Decision, Reason } from '@softgate/sdk/contract'
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
  const { decision, snapshot } = await decisionFor(context, { account, feature, quantity, ...naming })
  return explain ? { ...decision, explain: explainOf(snapshot, decision) } : decision
}

export interface Question extends Scoped {
  account: string
  feature: string
  quantity: number
}

/** The decision as it is for whoever is named: by their own limit where they have one, and by their present role. */
export async function decisionFor(
  context: Context,
  { account, feature, quantity, ...naming }: Question,
): Promise<{ decision: Decision; snapshot: Snapshot }> {
  const snapshot = await snapshotOf(context, account, scopeFor(context, feature, naming))
  const spec = context.catalog.features[feature]
  const decision = snapshot.decide(feature, quantity)
  if (!decision || !spec) throw featureUnknown(feature)
  if (spec.roles === undefined || naming.user === undefined) return { decision, snapshot }
  const { role } = await snapshotOf(context, account, userScope(naming.user))
  return { decision: forRole(decision, spec, role), snapshot }
}

/** What stands behind a decision, and the rule that came to it. */
function explainOf(snapshot: Snapshot, decision: Decision): Reason[] {
  const { feature, reason, limit, used, held = 0, rolledOver = 0, graceEndsAt, unlock, resetsAt } = decision
  const facts =
    used === null
      ? unlock === undefined
        ? {}
        : { unlockedBy: unlock.feature, used: unlock.used, needed: unlock.needed }
      : { used, limit, held, rolledOver, graceEndsAt, resetsAt }
  return [...snapshot.because(feature), { code: reason, facts }]
}

import type { CheckInput, Decision } from '@softgate/sdk/contract'
import { type Context, featureUnknown, scopeFor, snapshotOf } from './context.ts'

/** The decision about one unit as JSON, straight from memory; undefined when it has to be looked up. */
export const checkFast = (context: Context, account: string, feature: string): string | undefined =>
  context.snapshots.peek(account)?.decisionJson(feature)

/** Whether `quantity` more units are allowed. Changes nothing. */
export async function check(
  context: Context,
  account: string,
  { feature, quantity = 1, ...naming }: CheckInput,
): Promise<Decision> {
  const snapshot = await snapshotOf(context, account, scopeFor(context, feature, naming))
  const decision = snapshot.decide(feature, quantity)
  if (!decision) throw featureUnknown(feature)
  return decision
}

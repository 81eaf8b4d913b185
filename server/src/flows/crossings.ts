import { markOf } from '../catalog/limits.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { isHeldOut } from '../experiments/assign.ts'
import type { Crossing } from '../metering/model.ts'
import type { Stores } from '../store/stores.ts'
import type { CompiledTrigger } from '../triggers/compile.ts'
import { evaluate, listens } from '../triggers/evaluate.ts'
import { factsOf } from '../triggers/facts.ts'
import type { Look, Signal } from '../triggers/model.ts'
import { readinessOf } from '../triggers/readiness.ts'
import { type Context, changed, snapshotOf } from './context.ts'
import { deliver } from './deliver.ts'

/**
 * Lets the triggers look at the account's crossings. Each is consumed in the same transaction as the fires and deliveries
 * that it causes: wherever the process dies, it is looked at once.
 */
export async function runCrossings(context: Context, account: string): Promise<void> {
  const snapshot = await snapshotOf(context, account)
  const consumed = await context.database.transaction(account, async (stores) => {
    const crossings = await stores.metering.pendingCrossings(account)
    for (const crossing of crossings) {
      const { feature, mark, event: cause } = crossing
      // Triggers speak for the account; what a user or an entity passed is kept for their own decisions.
      if (crossing.scope === '')
        await fireAll(context, { stores, snapshot, signal: { on: 'usage', feature, mark, cause } })
      await stores.metering.consumeCrossing(crossing, context.clock.now())
    }
    return crossings
  })
  if (consumed.length > 0) changed(context, account)
}

export interface SignalInput {
  stores: Stores
  snapshot: Snapshot
  signal: Signal
}

/**
 * Each trigger hears of its own mark. One that is nobody's any more was passed under another limit: then all who listen say
 * so in their record.
 */
async function fireAll(context: Context, input: SignalInput & { signal: Signal & { on: 'usage' } }): Promise<void> {
  const { snapshot, signal } = input
  const stands = snapshot.marks(signal.feature).includes(signal.mark)
  const limit = stands ? (snapshot.decide(signal.feature, 1)?.limit ?? null) : null
  for (const compiled of context.triggers)
    if (listens(compiled.trigger, signal) && (limit === null || markOf(compiled.trigger, limit) === signal.mark))
      await fire(context, input, compiled)
}

/** Evaluates one trigger on a signal and keeps the answer with its reasons; a fire brings its delivery with it. */
export async function fire(
  context: Context,
  { stores, snapshot, signal }: SignalInput,
  { key, trigger, condition }: CompiledTrigger,
) {
  const { catalog, clock, ids } = context
  const { account, subscription, plan } = snapshot
  const segment = account.segment ?? catalog.defaultSegment
  const now = clock.now()
  const { status, explain, again } = evaluate({
    trigger,
    condition,
    signal,
    facts: {
      ...factsOf({ account, plan, segment, decisions: snapshot.decisions() }),
      feature: signal.feature,
    },
    readiness: readinessOf({ account, subscription, bounds: catalog.readiness[segment], now }),
    heldOut: isHeldOut(key, account.id, trigger.holdout ?? 0),
    lastAskedAt: await lastAskedAt(context, stores, account.id, trigger.expansion),
    now,
  })
  const record = {
    account: account.id,
    id: ids('fire'),
    trigger: key,
    expansion: trigger.expansion,
    status,
    user: signal.on === 'blocked' ? signal.user : null,
    feature: signal.feature,
    cause: signal.cause,
    explain,
    at: now,
  }
  await stores.triggers.record(record)
  const { feature, cause } = signal
  if (again !== null) await stores.triggers.lookAgain({ account: account.id, trigger: key, feature, cause, at: again })
  return status === 'fired' ? deliver(context, stores, { snapshot, fire: record, prompt: trigger.prompt }) : null
}

/** Lets a trigger that had to wait answer once more, in the same way: use may have fallen meanwhile, or somebody declined. */
export async function runLook(context: Context, look: Look): Promise<void> {
  const { account, feature, cause } = look
  const snapshot = await snapshotOf(context, account)
  const compiled = context.triggers.find(({ key }) => key === look.trigger)
  const limit = snapshot.decide(feature, 1)?.limit ?? null
  const mark = compiled && limit !== null ? markOf(compiled.trigger, limit) : null
  const delivery = await context.database.transaction(account, async (stores) => {
    if (!(await stores.triggers.takeLook(look)) || !compiled || mark === null) return null
    return fire(context, { stores, snapshot, signal: { on: 'usage', feature, mark, cause } }, compiled)
  })
  if (delivery) changed(context, account)
}

/** The same for everything of an account that waits, once other facts about it are known. */
export async function runLooks(context: Context, account: string): Promise<void> {
  for (const look of await context.database.read.triggers.looksOf(account)) await runLook(context, look)
}

/** A cooldown runs from the last word about a kind of expansion, and anew from the moment it was declined. */
async function lastAskedAt(
  context: Context,
  stores: Stores,
  account: string,
  expansion: string,
): Promise<number | null> {
  const same = context.triggers.filter(({ trigger }) => trigger.expansion === expansion)
  const prompts = [...new Set(same.map(({ trigger }) => trigger.prompt))]
  const [fired, declined] = [
    await stores.triggers.lastFiredAt(account, expansion),
    await stores.prompts.lastDismissedAt(account, prompts),
  ]
  return fired === null ? declined : Math.max(fired, declined ?? 0)
}

/** Runs after a commit that recorded crossings, without holding up its callers; a restart catches up on what is left. */
export function crossingsFollow(context: Context, crossings: readonly Crossing[]): void {
  for (const account of new Set(crossings.map((crossing) => crossing.account)))
    context.follow(`running the triggers of ${account}`, () => runCrossings(context, account))
}

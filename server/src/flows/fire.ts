import type { Trigger } from '../catalog/model.ts'
import { isHeldOut } from '../experiments/assign.ts'
import type { Delivery } from '../prompts/model.ts'
import type { Stores } from '../store/stores.ts'
import type { CompiledTrigger } from '../triggers/compile.ts'
import { audienceOf, evaluate, partiesOf } from '../triggers/evaluate.ts'
import { factsOf } from '../triggers/facts.ts'
import type { Party, Signal } from '../triggers/model.ts'
import { readinessOf } from '../triggers/readiness.ts'
import type { Context, Subject } from './context.ts'
import { deliver } from './deliver.ts'

const dayMs = 86_400_000

/** Evaluates one trigger on a signal and keeps the answer with its reasons; a fire brings its delivery with it. */
export async function fire(
  context: Context,
  stores: Stores,
  { snapshot, about, signal }: Subject & { signal: Signal },
  { key, trigger, condition }: CompiledTrigger,
): Promise<Delivery | null> {
  const { catalog, clock, ids } = context
  const { account, subscription, plan } = snapshot
  const { feature, scope, cause } = signal
  const segment = account.segment ?? catalog.defaultSegment
  const now = clock.now()
  const decisions = scope === '' ? snapshot.decisions() : [...snapshot.decisions(), ...about.decisions()]
  const { status, explain, to, again } = evaluate({
    trigger,
    condition,
    signal,
    facts: { ...factsOf({ account, plan, segment, decisions }), feature },
    readiness: readinessOf({ account, subscription, bounds: catalog.readiness[segment], now }),
    heldOut: isHeldOut(key, account.id, trigger.holdout ?? 0),
    lastAsked: await lastAsked(context, stores, { account: account.id, trigger, scope }),
    now,
  })
  const record = {
    account: account.id,
    id: ids('fire'),
    trigger: key,
    expansion: trigger.expansion,
    status,
    user: signal.on === 'blocked' ? signal.user : null,
    scope,
    to,
    feature,
    cause,
    explain,
    at: now,
  }
  await stores.triggers.record(record)
  if (again !== null)
    await stores.triggers.lookAgain({ account: account.id, trigger: key, scope, feature, cause, at: again })
  return status === 'fired' ? deliver(context, stores, { snapshot, about, fire: record, prompt: trigger.prompt }) : null
}

interface Asking {
  account: string
  trigger: Trigger
  scope: string
}

/**
 * A cooldown runs from the last word about a kind of expansion to those who would read this one, and anew from the moment they
 * declined it.
 */
async function lastAsked(
  { triggers, clock }: Context,
  stores: Stores,
  { account, trigger, scope }: Asking,
): Promise<Record<Party, number | null>> {
  const { expansion, cooldownDays = 0 } = trigger
  const found: Record<Party, number | null> = { own: null, admins: null }
  // An own attempt is answered whatever was asked before.
  if (cooldownDays === 0 || trigger.source.on === 'blocked') return found
  const same = triggers.filter((other) => other.trigger.expansion === expansion)
  const prompts = [...new Set(same.map((other) => other.trigger.prompt))]
  const since = clock.now() - cooldownDays * dayMs
  for (const party of partiesOf(audienceOf(trigger, scope), scope)) {
    const fired = await stores.triggers.lastFiredAt({ account, expansion, scope, party, since })
    const declined = await stores.prompts.lastDismissedAt({ account, prompts, scope, party, since })
    found[party] = fired === null || declined === null ? (fired ?? declined) : Math.max(fired, declined)
  }
  return found
}

import type { GateAnswer, GateInput } from '@softgate/sdk/contract'
import type { Feature } from '../catalog/model.ts'
import { dayOf } from '../metering/period.ts'
import type { Delivery } from '../prompts/model.ts'
import type { CompiledTrigger } from '../triggers/compile.ts'
import { listens } from '../triggers/evaluate.ts'
import type { Signal } from '../triggers/model.ts'
import { decisionFor } from './check.ts'
import { type Context, changed, featureUnknown, type Subject, scopeFor, snapshotOf, type Who } from './context.ts'
import { readerOf, toPrompt } from './deliver.ts'
import { fire } from './fire.ts'

const minute = 60_000

/**
 * A user's attempt at a feature. Allowed, it is just the decision; refused, it is recorded as a signal and always gets its
 * answer: never held out, capped or delayed. The signal, the fire and the delivery commit together before the reply.
 */
export async function gate(context: Context, who: Who, input: GateInput): Promise<GateAnswer> {
  const { feature, quantity = 1, entity } = input
  const { account, user } = who
  const { decision, snapshot: about } = await decisionFor(context, {
    account,
    user,
    feature,
    quantity,
    ...(entity !== undefined && { entity }),
  })
  const snapshot = await snapshotOf(context, account)
  const spec = context.catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  // What a role may not do, no purchase opens.
  if (decision.allowed || decision.reason === 'role_not_allowed') return { decision, prompt: null }

  const delivery = await recordAttempt(context, { who, input, snapshot, about, spec })
  if (!delivery) return { decision, prompt: null }
  changed(context, who.account)
  const reader = await readerOf(context, who)
  return { decision, prompt: toPrompt(context, { snapshot, about, delivery: { ...delivery, quantity }, reader }) }
}

interface Attempt extends Subject {
  who: Who
  input: GateInput
  spec: Feature
}

/** The delivery that answers the attempt: the one of the last minute, or a new one; null when no trigger listens. */
async function recordAttempt(
  context: Context,
  { who, input, snapshot, about, spec }: Attempt,
): Promise<Delivery | null> {
  const { account, user } = who
  const { feature } = input
  const now = context.clock.now()
  const event = context.ids('evt')
  const { entity } = input
  const scope = scopeFor(context, feature, { user, ...(entity !== undefined && { entity }) })
  const signal: Signal = { on: 'blocked', feature, scope, user, cause: event }
  return context.database.transaction(account, async (stores) => {
    const listening = context.triggers.filter(({ trigger }) => listens(trigger, signal))
    for (const { key } of listening) {
      const recent = await stores.triggers.recentAttempt({
        account,
        trigger: key,
        user,
        scope,
        feature,
        since: now - minute,
      })
      const repeated = recent && (await stores.prompts.findByFire(account, recent.id))
      if (repeated) return repeated
    }
    const base = {
      account,
      id: event,
      user,
      feature,
      name: signalName(spec),
      time: now,
      day: dayOf(snapshot.account, now),
      receivedAt: now,
      properties: null,
    }
    await stores.metering.signal({ ...base, period: 0, add: null, level: null, marks: [], bound: null })
    for (const compiled of specificFirst(listening)) {
      const delivery = await fire(context, stores, { snapshot, about, signal }, compiled)
      if (delivery) return delivery
    }
    return null
  })
}

const signalName = (spec: Feature): string =>
  spec.blockedSignal ?? (spec.kind === 'metered' ? 'feature_limit_hit' : 'premium_feature_attempted')

/** A trigger for this feature answers before one for any feature. */
const specificFirst = (triggers: readonly CompiledTrigger[]): CompiledTrigger[] =>
  [...triggers].sort(
    (a, b) => Number(b.trigger.source.feature !== undefined) - Number(a.trigger.source.feature !== undefined),
  )

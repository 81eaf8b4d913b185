import type { Reason } from '@softgate/sdk/contract'
import { markOf } from '../catalog/limits.ts'
import type { Audience, Trigger } from '../catalog/model.ts'
import type { FactSheet, FireStatus, Party, Signal } from './model.ts'
import type { Readiness } from './readiness.ts'
import type { Condition } from './rules.ts'

export interface EvaluateInput {
  trigger: Trigger
  condition: Condition | null
  signal: Signal
  facts: FactSheet
  readiness: Readiness
  /** When those who would read it were last asked about this kind of expansion, or last declined it, epoch ms. */
  lastAsked: Readonly<Record<Party, number | null>>
  /** Whether the account is in the trigger's holdout. */
  heldOut: boolean
  now: number
}

export interface Evaluation {
  status: FireStatus
  explain: Reason[]
  /** Who reads it, where it fires. */
  to: Audience
  /** When time alone might change the answer, epoch ms; `onlyByFacts` when only other facts might; null when nothing can. */
  again: number | null
}

/** The last instant there is: what waits for it waits for other facts about its account. */
export const onlyByFacts = 8_640_000_000_000_000

const day = 86_400_000

/** Whether a trigger listens to a signal at all. */
export const listens = ({ source }: Trigger, signal: Signal): boolean =>
  (source.on === 'blocked') === (signal.on === 'blocked') &&
  (source.feature === undefined || source.feature === signal.feature)

/** Whom a trigger is for. Of the account's own limit everyone reads, or the admins alone. */
export function audienceOf({ source, to = 'own' }: Pick<Trigger, 'source' | 'to'>, scope: string): Audience {
  if (source.on === 'blocked') return 'own'
  return scope === '' && to === 'own' ? 'both' : to
}

/** Those of an audience whose cooldowns run by themselves. To everyone one thing is said, once. */
export const partiesOf = (to: Audience, scope: string): readonly Party[] =>
  to !== 'both' ? [to] : scope === '' ? ['own'] : ['own', 'admins']

/**
 * Decides whether a trigger fires on a signal; the same code runs live and in replay. A user's own attempt always gets its
 * answer: it is never held out, cooled down or kept for readiness. Everything else passes, in this order: the condition,
 * the readiness gate, the cooldown of its kind of expansion, and the holdout. Where it cools down for some of those whom it is
 * for, the others read it alone.
 */
export function evaluate(input: EvaluateInput): Evaluation {
  const { trigger, condition, facts, signal } = input
  const { on, feature, scope, cause } = signal
  const explain: Reason[] = [{ code: 'signal', facts: { on, feature, ...(scope !== '' && { scope }), cause } }]
  const audience = audienceOf(trigger, scope)
  const end = (status: FireStatus, ...reasons: Reason[]): Evaluation => ({
    status,
    explain: [...explain, ...reasons],
    to: audience,
    again: null,
  })

  const past = stillPast(input)
  if (past) explain.push(past)
  if (past?.code === 'no_longer_past') return end('suppressed')
  if (condition) {
    const held = tryCondition(condition, facts)
    explain.push({ code: held.code, facts: {}, ...(trigger.when !== undefined && { rule: trigger.when }) })
    if (held.code !== 'condition_true')
      return { ...end('suppressed'), again: signal.on === 'usage' ? onlyByFacts : null }
  }
  if (signal.on === 'blocked') return end('fired', { code: 'own_attempt', facts: { user: signal.user } })

  explain.push(...input.readiness.explain)
  if (!input.readiness.ready)
    return { ...end('suppressed', { code: 'not_ready', facts: {} }), again: input.readiness.readyAt ?? onlyByFacts }

  const cooling = coolingDown(input, audience)
  const [first] = [...cooling.values()].sort((a, b) => a.until - b.until)
  const ready = partiesOf(audience, scope).filter((party) => !cooling.has(party))
  explain.push(...[...cooling.values()].map(({ reason }) => reason))
  if (first && ready.length === 0) return { ...end('suppressed'), again: first.until }
  const to = cooling.size === 0 ? audience : (ready[0] ?? audience)
  return input.heldOut
    ? end('held_out', { code: 'held_out', facts: { share: trigger.holdout ?? 0 } })
    : { ...end('fired', { code: 'fired', facts: {} }), to }
}

/** Who is not to be asked yet, and until when. */
function coolingDown({ trigger, signal, lastAsked, now }: EvaluateInput, to: Audience) {
  const { expansion, cooldownDays = 0 } = trigger
  const parties = partiesOf(to, signal.scope)
  return new Map(
    parties.flatMap((party) => {
      const lastAskedAt = lastAsked[party]
      const until = (lastAskedAt ?? 0) + cooldownDays * day
      if (lastAskedAt === null || now >= until) return []
      const facts = { expansion, ...(parties.length > 1 && { party }), lastAskedAt, until }
      return [[party, { until, reason: { code: 'cooling_down', facts } }] as const]
    }),
  )
}

/** Each trigger answers for its own mark. The limit may have changed since the crossing; then there is nothing to say. */
function stillPast({ trigger, signal, facts }: EvaluateInput): Reason | null {
  if (signal.on !== 'usage') return null
  const used = facts[`${signal.feature}.used`] ?? 0
  const limit = facts[`${signal.feature}.limit`] ?? null
  const mark = typeof limit === 'number' ? markOf(trigger, limit) : null
  const past = mark !== null && typeof used === 'number' && used >= mark && signal.mark === mark
  return { code: past ? 'past_mark' : 'no_longer_past', facts: { used, limit, mark } }
}

function tryCondition(condition: Condition, facts: FactSheet): { code: string } {
  try {
    return { code: condition(facts) ? 'condition_true' : 'condition_false' }
  } catch {
    return { code: 'condition_unknown' } // a fact it reads has no value for this account
  }
}

import type { OutcomeAnswer, OutcomeInput } from '@softgate/sdk/contract'
import { toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, changed, requirePurchase, type Who } from './context.ts'

const snoozeSeconds = 86_400

/** Records what a user did with a prompt. A dismissal is remembered here, so that no other tab or device shows it again. */
export async function recordOutcome(
  context: Context,
  who: Who,
  id: string,
  input: OutcomeInput,
): Promise<OutcomeAnswer> {
  const { outcome, scope = 'user', forSeconds } = input
  const silences = outcome === 'dismissed' || outcome === 'snoozed'
  if (!silences && (forSeconds !== undefined || scope === 'account'))
    throw new ProblemError(
      'invalid_request',
      `scope and forSeconds belong to dismissed and snoozed, not to ${outcome}.`,
    )
  if (scope === 'account') await requirePurchase(context, who)

  const now = context.clock.now()
  const seconds = forSeconds ?? (outcome === 'snoozed' ? snoozeSeconds : undefined)
  const until = seconds === undefined ? null : now + seconds * 1_000
  await context.database.transaction(who.account, async (stores) => {
    const delivery = await stores.prompts.find(who.account, id)
    if (!delivery || (delivery.user !== null && delivery.user !== who.user))
      throw new ProblemError(
        'delivery_unknown',
        `There is no prompt delivery "${id}" for ${who.user} in ${who.account}.`,
      )
    const { account, user } = who
    await stores.prompts.recordOutcome({
      account,
      delivery: id,
      user,
      outcome,
      prompt: delivery.prompt,
      feature: delivery.feature,
      scope,
      until,
      at: now,
    })
  })
  changed(context, who.account)
  return { delivery: id, outcome, until: toIsoOrNull(until) }
}

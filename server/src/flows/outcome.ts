import type { OutcomeAnswer, OutcomeInput } from '@softgate/sdk/contract'
import { toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { isFor } from '../prompts/model.ts'
import { actorOf, type Context, changed, requirePurchase, type Who } from './context.ts'

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
  const { user, admin } = await actorOf(context, who)
  await context.database.transaction(who.account, async (stores) => {
    const delivery = await stores.prompts.find(who.account, id)
    if (!delivery || !isFor(delivery, { user: who.user, entities: user?.entities ?? [], admin }))
      throw new ProblemError(
        'delivery_unknown',
        `There is no prompt delivery "${id}" for ${who.user} in ${who.account}.`,
      )
    await stores.prompts.recordOutcome({
      account: who.account,
      delivery: id,
      about: delivery.scope,
      user: who.user,
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

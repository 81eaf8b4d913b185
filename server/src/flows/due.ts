import type { Prompt } from '@softgate/sdk/contract'
import { markOf } from '../catalog/limits.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { choose, isSeen } from '../prompts/choose.ts'
import type { Delivery } from '../prompts/model.ts'
import type { Context, Who } from './context.ts'
import { type Reader, toPrompt } from './deliver.ts'

const day = 86_400_000
const pressing = new Set(['warn', 'grace', 'blocked', 'locked'])

interface PromptsInput {
  who: Who
  reader: Reader
  now: number
}

/** The one prompt that is due to this user now, and until when that stays so. */
export async function promptsFor(
  context: Context,
  snapshot: Snapshot,
  { who, reader, now }: PromptsInput,
): Promise<{ prompts: Prompt[]; until: number }> {
  const { prompts: store } = context.database.read
  const { account, user } = who
  const deliveries = await store.open(account, now - 30 * day)
  if (deliveries.length === 0) return { prompts: [], until: Number.POSITIVE_INFINITY }
  const silences = await store.silences(account, user, now)
  const ids = deliveries.map(({ id }) => id)
  const outcomes = await store.outcomesOf(account, user, ids)
  const due = deliveries.map((delivery) => {
    const leads = toPrompt(context, snapshot, delivery, reader).way !== 'none'
    return {
      delivery,
      actionable: leads && stillStands(context, snapshot, delivery),
      seen: isSeen(delivery, outcomes),
    }
  })
  const { shown } = choose({ catalog: context.catalog, due, silences })
  const ends = silences.map((silence) => silence.until).filter((until) => until !== null)
  const oldest = Math.min(...deliveries.map((delivery) => delivery.at)) + 30 * day
  const prompt = shown && toPrompt(context, snapshot, shown, reader)
  const seen = due.some(({ delivery, seen }) => seen && delivery === shown)
  return { prompts: prompt ? [{ ...prompt, ...(seen && { seen }) }] : [], until: Math.min(oldest, ...ends) }
}

/** Whether what a delivery says is still so: the feature is short, or its use is past the mark that a trigger spoke of. */
function stillStands({ triggers }: Context, snapshot: Snapshot, { feature, prompt }: Delivery): boolean {
  const decision = snapshot.decide(feature, 1)
  if (!decision) return false
  const { state, used, limit } = decision
  if (pressing.has(state)) return true
  return triggers.some(({ trigger }) => {
    const mark = trigger.prompt === prompt && limit !== null ? markOf(trigger, limit) : null
    return mark !== null && (used ?? 0) >= mark
  })
}

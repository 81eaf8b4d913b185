import type { Prompt } from '@softgate/sdk/contract'
import { markOf } from '../catalog/limits.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { readScope } from '../kernel/scope.ts'
import { choose, isSeen } from '../prompts/choose.ts'
import type { Delivery } from '../prompts/model.ts'
import { type Context, snapshotOf, type Who } from './context.ts'
import { type Reader, toPrompt } from './deliver.ts'

const day = 86_400_000
const pressing = new Set(['warn', 'grace', 'blocked', 'locked'])

interface PromptsInput {
  who: Who
  reader: Reader
  now: number
}

export interface Due {
  prompts: Prompt[]
  /** Until when that stays so, epoch ms. */
  until: number
  /** Tags of the scopes that were looked at: with another one it is to be found anew. */
  madeFor: ReadonlyMap<string, string>
}

/** The one prompt that is due to this user now. */
export async function promptsFor(
  context: Context,
  snapshot: Snapshot,
  { who, reader, now }: PromptsInput,
): Promise<Due> {
  const { prompts: store } = context.database.read
  const { account, user } = who
  const deliveries = await store.open(account, reader, now - 30 * day)
  if (deliveries.length === 0) return { prompts: [], until: Number.POSITIVE_INFINITY, madeFor: new Map() }
  const silences = await store.silences(account, user, now)
  const ids = deliveries.map(({ id }) => id)
  const outcomes = await store.outcomesOf(account, user, ids)
  const scopes = [...new Set(deliveries.map(({ scope }) => scope))].filter((scope) => scope !== '')
  const others = scopes.flatMap((scope) => readScope(scope).user ?? []).filter((other) => other !== user)
  const names = await context.database.read.accounts.namesOf(account, others)
  const abouts = new Map<string, Snapshot>([['', snapshot]])
  for (const [scope, about] of await snapshotsOf(context, account, scopes)) abouts.set(scope, about)
  // Nothing is waited for from here on: the tags are of what is read.
  const aboutOf = ({ scope }: Delivery): Snapshot => abouts.get(scope) ?? snapshot
  const madeFor = new Map(scopes.map((scope) => [scope, abouts.get(scope)?.state().tag ?? '']))
  const read = (delivery: Delivery): Prompt =>
    toPrompt(context, { snapshot, about: aboutOf(delivery), delivery, reader, names })
  const due = deliveries.map((delivery) => ({
    delivery,
    actionable: read(delivery).way !== 'none' && stillStands(context, aboutOf(delivery), delivery),
    seen: isSeen(delivery, outcomes),
  }))
  const { shown } = choose({ catalog: context.catalog, due, silences })
  const ends = silences.map((silence) => silence.until).filter((until) => until !== null)
  const turns = [...abouts.values()].map(({ nextChangeAt }) => nextChangeAt)
  const oldest = Math.min(...deliveries.map((delivery) => delivery.at)) + 30 * day
  const seen = due.some(({ delivery, seen }) => seen && delivery === shown)
  const prompts = shown ? [{ ...read(shown), ...(seen && { seen: true as const }) }] : []
  return { prompts, until: Math.min(oldest, ...ends, ...turns), madeFor }
}

const snapshotsOf = (context: Context, account: string, scopes: readonly string[]) =>
  Promise.all(scopes.map(async (scope) => [scope, await snapshotOf(context, account, scope)] as const))

/** Whether what a delivery says is still so: the feature is short, or its use is past the mark that a trigger spoke of. */
function stillStands({ triggers }: Context, about: Snapshot, { feature, prompt }: Delivery): boolean {
  const decision = about.decide(feature, 1)
  if (!decision) return false
  const { state, used, limit } = decision
  if (pressing.has(state)) return true
  return triggers.some(({ trigger }) => {
    const mark = trigger.prompt === prompt && limit !== null ? markOf(trigger, limit) : null
    return mark !== null && (used ?? 0) >= mark
  })
}

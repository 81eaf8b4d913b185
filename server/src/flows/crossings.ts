import { markOf } from '../catalog/limits.ts'
import type { Crossing } from '../metering/model.ts'
import type { Delivery } from '../prompts/model.ts'
import type { Stores } from '../store/stores.ts'
import { listens } from '../triggers/evaluate.ts'
import type { Look, Signal } from '../triggers/model.ts'
import { type Context, changed, type Subject } from './context.ts'
import { fire } from './fire.ts'

/** Crossings that are looked at in one transaction. */
const atOnce = 50

/**
 * Lets the triggers look at what was passed in the account, by itself or by its users and entities. Each crossing is consumed in
 * the same transaction as the fires and deliveries that it causes: wherever the process dies, it is looked at once.
 */
export async function runCrossings(context: Context, account: string): Promise<void> {
  const { metering } = context.database.read
  for (let more = true; more; ) {
    const waiting = await metering.pendingCrossings(account, atOnce)
    const subjects = await subjectsOf(
      context,
      account,
      waiting.map(({ scope }) => scope),
    )
    // There are none where the account was erased meanwhile.
    if (subjects.size > 0) await answerAll(context, account, waiting, subjects)
    more = waiting.length === atOnce && subjects.size > 0
  }
}

async function answerAll(
  context: Context,
  account: string,
  waiting: readonly Crossing[],
  subjects: ReadonlyMap<string, Subject>,
): Promise<void> {
  const deliveries = await context.database.transaction(account, async (stores) => {
    const made: (Delivery | null)[] = []
    for (const crossing of waiting) {
      const subject = subjects.get(crossing.scope)
      if (subject && (await stores.metering.consumeCrossing(crossing, context.clock.now())))
        made.push(...(await fireAll(context, stores, { ...subject, crossing })))
    }
    return made
  })
  if (deliveries.some((delivery) => delivery !== null)) changed(context, account)
}

/** Read anew, after what is asked about: what is in memory may be behind what another node has counted. */
async function subjectsOf(
  { snapshots }: Context,
  account: string,
  scopes: readonly string[],
): Promise<ReadonlyMap<string, Subject>> {
  const snapshot = scopes.length === 0 ? null : await snapshots.read(account, '')
  const found = [...new Set(scopes)].map(async (scope) => {
    const about = scope === '' ? snapshot : await snapshots.read(account, scope)
    return [scope, about] as const
  })
  return new Map(
    (await Promise.all(found)).flatMap(([scope, about]) => (snapshot && about ? [[scope, { snapshot, about }]] : [])),
  )
}

/**
 * Each trigger hears of its own mark. One that is nobody's any more was passed under another limit: then all who listen say
 * so in their record. What a consumable is given back and uses again was answered before.
 */
async function fireAll(
  context: Context,
  stores: Stores,
  { crossing, ...subject }: Subject & { crossing: Crossing },
): Promise<(Delivery | null)[]> {
  const { feature, scope, mark, event: cause } = crossing
  const { about } = subject
  const signal: Signal = { on: 'usage', feature, scope, mark, cause }
  const stands = about.marks(feature).includes(mark)
  const limit = stands ? (about.decide(feature, 1)?.limit ?? null) : null
  const spec = context.catalog.features[feature]
  const isOnce = spec?.kind === 'metered' && spec.meter === 'consumable'
  const made: (Delivery | null)[] = []
  for (const compiled of context.triggers) {
    const { key, trigger } = compiled
    if (!listens(trigger, signal) || (limit !== null && markOf(trigger, limit) !== mark)) continue
    if (isOnce && (await stores.triggers.hasAnswered({ trigger: key, expansion: trigger.expansion }, crossing)))
      continue
    made.push(await fire(context, stores, { ...subject, signal }, compiled))
  }
  return made
}

/** Lets a trigger that had to wait answer once more, in the same way: use may have fallen meanwhile, or somebody declined. */
export async function runLook(context: Context, look: Look): Promise<void> {
  const { account, scope, feature, cause } = look
  const subject = (await subjectsOf(context, account, [scope])).get(scope)
  const compiled = context.triggers.find(({ key }) => key === look.trigger)
  const limit = subject?.about.decide(feature, 1)?.limit ?? null
  const mark = compiled && limit !== null ? markOf(compiled.trigger, limit) : null
  const delivery = await context.database.transaction(account, async (stores) => {
    if (!(await stores.triggers.takeLook(look)) || !compiled || !subject || mark === null) return null
    const signal: Signal = { on: 'usage', feature, scope, mark, cause }
    return fire(context, stores, { ...subject, signal }, compiled)
  })
  if (delivery) changed(context, account)
}

/** The same for everything of an account that waits, once other facts about it are known. */
export async function runLooks(context: Context, account: string): Promise<void> {
  for (const look of await context.database.read.triggers.looksOf(account)) await runLook(context, look)
}

/** Runs after a commit that recorded crossings, without holding up its callers; a restart catches up on what is left. */
export function crossingsFollow(context: Context, crossings: readonly Crossing[]): void {
  for (const account of new Set(crossings.map((crossing) => crossing.account)))
    context.follow(`running the triggers of ${account}`, () => runCrossings(context, account))
}

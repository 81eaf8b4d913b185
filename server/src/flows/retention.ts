import { asReported } from '../metering/meters.ts'
import type { PastEvent, StillKept } from '../metering/model.ts'
import type { Context } from './context.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The most lots of events in one sweep: what is left over waits for the next. */
const lots = 20
/** Accounts whose old use is deleted together: few enough that writers hardly wait. */
const page = 50

/** Under these names it is kept what may have been deleted: events received, and use of days, before an instant. */
const eventsGone = 'forgotten_events'
const useGone = 'forgotten_use'

/** Notes it before it is done, an hour ahead: what an import under way has read of it holds. */
async function noteGone({ database }: Context, what: string, before: number): Promise<void> {
  if ((await database.read.jobs.reached(what)) >= before) return
  await database.transaction('', ({ jobs }) => jobs.reach(what, before + hourMs))
}

/** The instant before which events that were received may be deleted, with their ids; 0 where none ever were. */
export const eventsGoneBefore = ({ database }: Context): Promise<number> => database.read.jobs.reached(eventsGone)

/** The instant before which days may be deleted, or joined where their feature never starts again; 0 where none ever were. */
export const useGoneBefore = ({ database }: Context): Promise<number> => database.read.jobs.reached(useGone)

/** What of use is still there as it came. A day begins and ends up to a day from UTC's. */
export async function stillKept(context: Context): Promise<StillKept> {
  const from = (gone: number): number => (gone === 0 ? 0 : Math.ceil(gone / dayMs) * dayMs + 2 * dayMs)
  const days = from(await useGoneBefore(context))
  return { events: Math.max(days, from(await eventsGoneBefore(context))), days }
}

/**
 * Deletes what is older than the configuration keeps: events, a few at a time and only once they are exported where that is
 * wanted; and once a day the days, counters and crossings of periods that are long over.
 */
export async function forgetOld(context: Context): Promise<void> {
  const { catalog, clock, database, exportEvents } = context
  const now = clock.now()
  const { eventsDays, usageDays } = catalog.retention
  const leaving =
    exportEvents && ((events: readonly PastEvent[]) => exportEvents(events.map((event) => asReported(catalog, event))))
  const before = now - eventsDays * dayMs
  await noteGone(context, eventsGone, before)
  for (let lot = 0; lot < lots; lot++) if ((await database.forgetEvents(before, leaving)) === 0) break
  const mine = await database.transaction('', ({ jobs }) => jobs.claim('forget_use', now, dayMs))
  if (!mine) return
  // Unused units may have rolled over from periods that are long over.
  const keep = Object.entries(catalog.features).flatMap(([key, feature]) =>
    feature.kind === 'metered' && feature.rollover ? [key] : [],
  )
  const old = now - usageDays * dayMs
  await noteGone(context, useGone, old)
  for (let after = '', ids = ['']; ids.length > 0 && !context.closing.aborted; after = ids.at(-1) ?? '') {
    ids = await database.read.accounts.idsAfter(after, page)
    await database.forgetUse({ accounts: ids, before: old, keep })
  }
}

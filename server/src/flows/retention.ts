import { asReported } from '../metering/meters.ts'
import type { PastEvent } from '../metering/model.ts'
import type { Context } from './context.ts'

const dayMs = 86_400_000
/** The most lots of events in one sweep: what is left over waits for the next. */
const lots = 20
/** Accounts whose old use is deleted together: few enough that writers hardly wait. */
const page = 50

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
  for (let lot = 0; lot < lots; lot++) if ((await database.forgetEvents(now - eventsDays * dayMs, leaving)) === 0) break
  const mine = await database.transaction('', ({ jobs }) => jobs.claim('forget_use', now, dayMs))
  if (!mine) return
  // Unused units may have rolled over from periods that are long over.
  const keep = Object.entries(catalog.features).flatMap(([key, feature]) =>
    feature.kind === 'metered' && feature.rollover ? [key] : [],
  )
  for (let after = '', ids = ['']; ids.length > 0; after = ids.at(-1) ?? '') {
    ids = await database.read.accounts.idsAfter(after, page)
    await database.forgetUse({ accounts: ids, before: now - usageDays * dayMs, keep })
  }
}

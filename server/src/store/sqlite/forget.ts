import type { Database } from 'better-sqlite3'
import { breathe } from '../../kernel/breathe.ts'
import type { PastEvent } from '../../metering/model.ts'
import { type Leaving, toPastEvent } from '../forget.ts'

/** Read at once on the thread that answers requests, and deleted at once on the writer's: a millisecond or two each. */
const page = 500
const step = 200
/** Handed on together. */
const lot = 10_000

type Row = Parameters<typeof toPastEvent>[0] & { row: number }

/**
 * Deletes a lot of events received before an instant, oldest first: rows lie in the order in which they came. `remove` runs
 * one statement between the writer's other work. Gives how many there were.
 */
export function prepareForget(
  reader: Database,
  remove: (sql: string, params: unknown[]) => Promise<unknown>,
): (before: number, leaving: Leaving | null) => Promise<number> {
  const read = reader.prepare<[after: number], Row>(
    `select row, account, id, "user", name, feature, scope, "add", level, peak, key, time, received_at, properties,
       replaces from events where row > ? order by row limit ${page}`,
  )

  const oldest = async (before: number): Promise<{ last: number; count: number; events: PastEvent[] }> => {
    const events: PastEvent[] = []
    let last = 0
    for (let count = 0; count < lot; ) {
      const rows = read.all(last)
      const over = rows.findIndex((row) => Number(row.received_at) >= before)
      const old = over < 0 ? rows : rows.slice(0, over)
      events.push(...old.flatMap(toPastEvent))
      count += old.length
      last = old.at(-1)?.row ?? last
      if (old.length < page) return { last, count, events }
      await breathe()
    }
    return { last, count: lot, events }
  }

  return async (before, leaving) => {
    const { last, count, events } = await oldest(before)
    if (count === 0) return 0
    await leaving?.(events)
    for (let deleted = 0; deleted < count; deleted += step) {
      await remove(
        `delete from events where row in (select row from events where row <= ? order by row limit ${step})`,
        [last],
      )
      await breathe()
    }
    return count
  }
}

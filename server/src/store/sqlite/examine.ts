import BetterSqlite, { type Database } from 'better-sqlite3'
import { breathe } from '../../kernel/breathe.ts'
import { type CountedEvent, countOver, type DayTally, dayOver, figureOf, newerLevel } from '../../metering/days.ts'
import type { CounterRow, StillKept, UseDrift } from '../../metering/model.ts'
import { examineSql, type Recounted, toTally } from '../recount.ts'
import { prepareStrung, type StoredEvent } from './strung.ts'

/** The most counters and, but for the last counter's, events that one call looks at. */
const mostCounters = 500
const mostEvents = 50_000
/** Read at once on the thread that answers requests: a millisecond or two. */
const step = 300

type Name = Omit<CounterRow, 'used'>
type Day = Pick<DayTally, 'added' | 'level' | 'peak'> & { day: number; newest: number | null }

/** Lets others have the thread, every `step` times that it is called. */
type Pause = () => Promise<void> | undefined

function createPause(): Pause {
  let since = 0
  return () => {
    if (++since < step) return undefined
    since = 0
    return breathe()
  }
}

/** Examines on a connection of its own: what it sees stays as it is from beginning to end, and nobody waits for it. */
export async function examineUse(
  file: string,
  after: string | null,
  kept: StillKept,
): Promise<{ drifts: UseDrift[]; next: string | null }> {
  const db = new BetterSqlite(file, { readonly: true })
  try {
    db.exec('begin')
    return await examine(db, after, kept)
  } finally {
    db.close()
  }
}

async function examine(db: Database, after: string | null, kept: StillKept) {
  const start: unknown[] = after === null ? ['', '', '', -1] : JSON.parse(after)
  const counters = db
    .prepare<unknown[], CounterRow>(
      `select account, feature, scope, period, used from counters where (account, feature, scope, period) > (?, ?, ?, ?)
       order by account, feature, scope, period limit ${mostCounters}`,
    )
    .all(...start)
  const tell = db.prepare<unknown[], Recounted>(examineSql('usage'))
  const days = db.prepare<unknown[], Day>(
    `select day, added, level, peak, newest from usage_days where account = $1 and feature = $2 and scope = $3
       and property = '' and day >= $5 and period = $4 and value = '' and key = ''
     union all select day, day_added, day_level, day_peak, day_newest from counters
     where account = $1 and feature = $2 and scope = $3 and period = $4 and day >= $5 order by day`,
  )
  const strung = prepareStrung(db)
  const drifts: UseDrift[] = []
  let last: Name | null = null
  const pause = createPause()
  let events = 0
  for (const { used, ...name } of counters) {
    await pause()
    const names = { 1: name.account, 2: name.feature, 3: name.scope, 4: name.period }
    const told = toTally(tell.get(names) as Recounted).used
    const isWhole = name.period === 0 || name.period >= kept.days
    if (isWhole && told !== used) drifts.push({ ...name, day: null, kept: used, told })
    for (const { newest, ...day } of days.all({ ...names, 5: kept.events })) {
      const { whole, tally, count } = await tallySlowly(() => strung(name, day.day, newest), pause)
      events += count
      const drift = { ...name, day: day.day, kept: figureOf(day), told: whole ? figureOf(tally) : null }
      if (!whole || !isSame(tally, day)) drifts.push(drift)
    }
    last = name
    if (events >= mostEvents) break
  }
  const isEnd = counters.length < mostCounters && events < mostEvents
  const next = isEnd || last === null ? null : [last.account, last.feature, last.scope, last.period]
  return { drifts, next: next && JSON.stringify(next) }
}

const isSame = (a: Omit<Day, 'day' | 'newest'>, b: Omit<Day, 'day' | 'newest'>): boolean =>
  a.added === b.added && a.level === b.level && a.peak === b.peak

/** As `tallyDay`, and lets others have the thread between; where no level was stated, one time over is enough. */
async function tallySlowly(events: () => Generator<StoredEvent, boolean>, pause: Pause) {
  let newest: CountedEvent | null = null
  let tally = dayOver(null)
  const { whole, count } = await slowly(events(), pause, (event) => {
    newest = newerLevel(newest, event)
    countOver(tally, event)
  })
  if (newest === null) return { whole, tally, count }
  tally = dayOver(newest)
  await slowly(events(), pause, (event) => countOver(tally, event))
  return { whole, tally, count: 2 * count }
}

async function slowly(
  events: Generator<StoredEvent, boolean>,
  pause: Pause,
  take: (event: StoredEvent) => void,
): Promise<{ whole: boolean; count: number }> {
  for (let count = 0; ; count++) {
    const { done, value } = events.next()
    if (done) return { whole: value, count }
    take(value)
    const wait = pause()
    if (wait) await wait
  }
}

import type { Database } from 'better-sqlite3'
import { tallyDay } from '../../metering/days.ts'
import type { UseDrift } from '../../metering/model.ts'
import { forgetKeysSql, type Recounted, recountSql, tellKeysSql, toTally } from '../recount.ts'
import { prepareStrung } from './strung.ts'

/** Prepares what counts a counter anew, alone on the one connection that writes; see `Database.recountUse`. */
export function prepareMend(db: Database): (drift: UseDrift) => boolean {
  const strung = prepareStrung(db)
  const isCounter = 'account = $1 and feature = $2 and scope = $3 and period = $4'
  const isDay = `${isCounter} and property = '' and day = $5 and value = '' and key = ''`
  const readDay = db.prepare<unknown[], { newest: number | null }>(
    `select newest from usage_days where ${isDay}
     union all select day_newest from counters where ${isCounter} and day = $5`,
  )
  const writeDay = db.prepare(
    `update usage_days set added = $6, level = $7, level_at = $8, last_at = $9, peak = $10 where ${isDay}`,
  )
  const writeNewestDay = db.prepare(
    `update counters set day_added = $6, day_level = $7, day_level_at = $8, day_last_at = $9, day_peak = $10
     where ${isCounter} and day = $5`,
  )
  const forgetKeys = db.prepare(forgetKeysSql)
  const tellKeys = db.prepare(tellKeysSql)
  const recount = db.prepare<unknown[], Recounted>(recountSql('usage'))
  const write = db.prepare(`update counters set used = $5, level_at = $6, last_at = $7 where ${isCounter}`)

  const mendDay = (drift: UseDrift, day: number, named: object): boolean => {
    const stored = readDay.get({ ...named, 5: day })
    if (!stored) return false
    let whole = true
    const events = {
      *[Symbol.iterator]() {
        whole = yield* strung(drift, day, stored.newest)
      },
    }
    const { added, level, levelAt, lastAt, peak } = tallyDay(events)
    if (!whole) return false
    const values = { ...named, 5: day, 6: added, 7: level, 8: levelAt, 9: lastAt, 10: peak }
    if (writeDay.run(values).changes === 0) writeNewestDay.run(values)
    return true
  }

  return db.transaction((drift: UseDrift): boolean => {
    const named = { 1: drift.account, 2: drift.feature, 3: drift.scope, 4: drift.period }
    if (drift.day !== null && !mendDay(drift, drift.day, named)) return false
    forgetKeys.run(named)
    tellKeys.run(named)
    const { used, levelAt, lastAt } = toTally(recount.get(named) as Recounted)
    return write.run({ ...named, 5: used, 6: levelAt, 7: lastAt }).changes === 1
  }).immediate
}

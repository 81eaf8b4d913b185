import { and, eq, gt, lte, sql } from 'drizzle-orm'
import { dayParts } from '../metering/days.ts'
import { marksPassed } from '../metering/marks.ts'
import type { CounterRow, Crossing, Move, Op } from '../metering/model.ts'
import type { ReservationStore } from '../metering/port.ts'
import { partIds } from '../metering/tally.ts'
import type { Db } from './db.ts'
import { keepQuery } from './prepared.ts'
import type { Tables } from './tables.ts'

type Name = Omit<CounterRow, 'used'>

export function createReservationStore(db: Db, { counters, crossings, days, events, holds }: Tables): ReservationStore {
  const isCounter = ({ account, feature, scope, period }: Name) =>
    and(
      eq(counters.account, account),
      eq(counters.feature, feature),
      eq(counters.scope, scope),
      eq(counters.period, period),
    )
  const isHeldOf = ({ account, feature, scope, period }: Name) =>
    and(eq(holds.account, account), eq(holds.feature, feature), eq(holds.scope, scope), eq(holds.period, period))
  const letGo = (name: Name, units: number) =>
    db
      .update(counters)
      .set({ held: sql`${counters.held} - ${units}` })
      .where(isCounter(name))

  const standingOf = keepQuery(() =>
    db
      .select()
      .from(holds)
      .where(and(eq(holds.account, sql.placeholder('account')), gt(holds.expiresAt, sql.placeholder('now'))))
      .prepare('softgate_standing'),
  )

  async function countMove(op: Op, move: Move, row: { id: string; name: string }): Promise<Crossing[]> {
    const { account, user, time, day, receivedAt, properties } = op
    const { feature, scope = '', period, add } = move
    if (feature === null || add === null) return []
    const counter = { account, feature, scope, period }
    await db.insert(events).values({ ...counter, ...row, user, add, time, day, receivedAt, properties })
    await db
      .insert(days)
      .values(dayParts(move).map((part) => ({ ...counter, ...part, day, added: add, levelAt: 0, lastAt: time })))
      .onConflictDoUpdate({
        target: [days.account, days.feature, days.scope, days.property, days.day, days.period, days.value, days.key],
        set: {
          added: sql`${days.added} + ${add}`,
          level: sql`${days.level} + case when ${days.levelAt} <= ${time} then ${add} else 0 end`,
          lastAt: sql`case when ${days.lastAt} < ${time} then ${time} else ${days.lastAt} end`,
        },
      })
    const counts = sql`${counters.levelAt} <= ${time}`
    const [after] = await db
      .update(counters)
      .set({
        used: sql`${counters.used} + case when ${counts} then ${add} else 0 end`,
        lastAt: sql`case when ${counters.lastAt} < ${time} then ${time} else ${counters.lastAt} end`,
      })
      .where(isCounter(counter))
      .returning({ used: counters.used, levelAt: counters.levelAt })
    const used = after?.used ?? 0
    const before = after && after.levelAt <= time ? used - add : used
    return marksPassed(move, before, used).map((mark) => ({ ...counter, mark, event: op.id, used, at: receivedAt }))
  }

  return {
    async room(name, now) {
      const { account, feature, scope, period } = name
      // Whoever writes a row holds its lock, on both databases: what is read here stays so until the transaction ends.
      const [row] = await db
        .insert(counters)
        .values({ account, feature, scope, period, used: 0, held: 0, levelAt: 0, lastAt: 0 })
        .onConflictDoUpdate({
          target: [counters.account, counters.feature, counters.scope, counters.period],
          set: { used: sql`${counters.used}` },
        })
        .returning({ used: counters.used, held: counters.held, levelAt: counters.levelAt })
      const over = await db
        .delete(holds)
        .where(and(isHeldOf(name), lte(holds.expiresAt, now)))
        .returning({ quantity: holds.quantity })
      const freed = over.reduce((sum, { quantity }) => sum + quantity, 0)
      if (freed > 0) await letGo(name, freed)
      return { used: row?.used ?? 0, held: (row?.held ?? 0) - freed, levelAt: row?.levelAt ?? 0 }
    },
    async known(account, id) {
      const [event] = await db
        .select({ id: events.id })
        .from(events)
        .where(and(eq(events.account, account), eq(events.id, id)))
      if (event) return 'event'
      const [hold] = await db
        .select({ id: holds.id })
        .from(holds)
        .where(and(eq(holds.account, account), eq(holds.id, id)))
      return hold ? 'hold' : null
    },
    async hold(hold) {
      await db.insert(holds).values(hold)
      await letGo(hold, -hold.quantity)
    },
    async take(account, id, now) {
      const [hold] = await db
        .delete(holds)
        .where(and(eq(holds.account, account), eq(holds.id, id), gt(holds.expiresAt, now)))
        .returning()
      if (!hold) return null
      await letGo(hold, hold.quantity)
      return hold
    },
    async count(op) {
      const moves: readonly Move[] = [op, ...(op.more ?? [])]
      const ids = partIds(op.id, moves.length)
      const passed: Crossing[] = []
      for (const [index, move] of moves.entries())
        passed.push(...(await countMove(op, move, { id: ids[index] ?? op.id, name: index === 0 ? op.name : '' })))
      if (passed.length > 0) await db.insert(crossings).values(passed).onConflictDoNothing()
      return passed
    },
    async standing(account, now) {
      return standingOf().execute({ account, now })
    },
  }
}

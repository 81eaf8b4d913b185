import { and, eq, gte, inArray, isNotNull, min, sql, sum } from 'drizzle-orm'
import type { ExperimentStore } from '../experiments/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export const createExperimentStore = (
  db: Db,
  { deliveries, fires, outcomes, settlements: paid }: Tables,
): ExperimentStore => ({
  async asked(prompt) {
    const rows = await db
      .select({ account: deliveries.account, variant: deliveries.variant, at: min(deliveries.at).mapWith(Number) })
      .from(deliveries)
      .where(eq(deliveries.prompt, prompt))
      .groupBy(deliveries.account, deliveries.variant)
    return rows.map((row) => ({ ...row, at: row.at ?? 0 }))
  },
  async heldOut(triggers) {
    if (triggers.length === 0) return []
    const rows = await db
      .select({ account: fires.account, at: min(fires.at).mapWith(Number) })
      .from(fires)
      .where(and(inArray(fires.trigger, [...triggers]), eq(fires.status, 'held_out')))
      .groupBy(fires.account)
    return rows.map((row) => ({ ...row, at: row.at ?? 0 }))
  },
  async clicked(prompt) {
    const rows = await db
      .selectDistinct({ account: outcomes.account })
      .from(outcomes)
      .where(and(eq(outcomes.prompt, prompt), eq(outcomes.outcome, 'clicked')))
    return rows.map(({ account }) => account)
  },
  async paid(since) {
    const first = sql<number>`min(${paid.at})`.mapWith(Number)
    return db
      .select({ account: paid.account, at: first, amount: sum(paid.amount).mapWith(Number), currency: paid.currency })
      .from(paid)
      .where(isNotNull(paid.upgrade))
      .groupBy(paid.account, paid.upgrade, paid.currency)
      .having(gte(first, since))
  },
})

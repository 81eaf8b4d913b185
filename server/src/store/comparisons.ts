import { and, eq, gte } from 'drizzle-orm'
import type { ComparisonStore } from '../insights/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Rows of one statement: SQLite and PostgreSQL bind so many values and no more. */
const chunk = 500

export const createComparisonStore = (db: Db, { comparisons: t }: Tables): ComparisonStore => ({
  async replaceAll(all, at) {
    await db.delete(t)
    for (let from = 0; from < all.length; from += chunk)
      await db.insert(t).values(all.slice(from, from + chunk).map((one) => ({ ...one, at })))
  },
  async find({ segment, plan, band, feature }, since) {
    const [row] = await db
      .select()
      .from(t)
      .where(and(eq(t.segment, segment), eq(t.plan, plan), eq(t.band, band), eq(t.feature, feature), gte(t.at, since)))
    if (!row) return null
    const { at, ...comparison } = row
    return comparison
  },
})

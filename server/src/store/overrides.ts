import { and, asc, eq, sql } from 'drizzle-orm'
import type { OverrideStore } from '../entitlements/port.ts'
import type { Db } from './db.ts'
import { keepQuery } from './prepared.ts'
import type { Tables } from './tables.ts'

export function createOverrideStore(db: Db, { overrides: t }: Tables): OverrideStore {
  const ofAccount = keepQuery(() =>
    db
      .select()
      .from(t)
      .where(eq(t.account, sql.placeholder('account')))
      .orderBy(asc(t.feature), asc(t.kind))
      .prepare('softgate_overrides'),
  )
  return {
    async list(account) {
      return ofAccount().execute({ account })
    },
    async save(override) {
      const { account, feature, kind, ...rest } = override
      await db
        .insert(t)
        .values(override)
        .onConflictDoUpdate({ target: [t.account, t.feature, t.kind], set: rest })
    },
    async remove({ account, feature, kind }) {
      await db.delete(t).where(and(eq(t.account, account), eq(t.feature, feature), eq(t.kind, kind)))
    },
  }
}

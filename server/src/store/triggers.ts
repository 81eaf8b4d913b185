import { and, desc, eq, gte } from 'drizzle-orm'
import type { TriggerStore } from '../triggers/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createTriggerStore(db: Db, { fires: t }: Tables): TriggerStore {
  return {
    async record(fire) {
      await db.insert(t).values(fire)
    },
    async lastFiredAt(account, expansion) {
      const [row] = await db
        .select({ at: t.at })
        .from(t)
        .where(and(eq(t.account, account), eq(t.expansion, expansion), eq(t.status, 'fired')))
        .orderBy(desc(t.at))
        .limit(1)
      return row?.at ?? null
    },
    async recentAttempt({ account, trigger, user, feature, since }) {
      const [row] = await db
        .select()
        .from(t)
        .where(
          and(
            eq(t.account, account),
            eq(t.trigger, trigger),
            eq(t.user, user),
            eq(t.feature, feature),
            gte(t.at, since),
          ),
        )
        .orderBy(desc(t.at))
        .limit(1)
      return row ?? null
    },
    async history(account, limit) {
      return db.select().from(t).where(eq(t.account, account)).orderBy(desc(t.at), desc(t.id)).limit(limit)
    },
  }
}

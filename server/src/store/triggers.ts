import { and, asc, desc, eq, gte, lte } from 'drizzle-orm'
import type { TriggerStore } from '../triggers/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createTriggerStore(db: Db, { fires: t, looks }: Tables): TriggerStore {
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
    async lookAgain(look) {
      await db
        .insert(looks)
        .values(look)
        .onConflictDoUpdate({
          target: [looks.account, looks.trigger, looks.feature],
          set: { cause: look.cause, at: look.at },
        })
    },
    async looksDue(now, limit) {
      return db.select().from(looks).where(lte(looks.at, now)).orderBy(asc(looks.at)).limit(limit)
    },
    async looksOf(account) {
      return db.select().from(looks).where(eq(looks.account, account)).orderBy(asc(looks.at), asc(looks.trigger))
    },
    async takeLook({ account, trigger, feature, at }) {
      const taken = await db
        .delete(looks)
        .where(
          and(eq(looks.account, account), eq(looks.trigger, trigger), eq(looks.feature, feature), eq(looks.at, at)),
        )
        .returning({ at: looks.at })
      return taken.length > 0
    },
    async history(account, limit) {
      return db.select().from(t).where(eq(t.account, account)).orderBy(desc(t.at), desc(t.id)).limit(limit)
    },
  }
}

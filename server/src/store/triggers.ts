import { and, asc, desc, eq, gte, inArray, isNull, lte, ne, or } from 'drizzle-orm'
import { readScope } from '../kernel/scope.ts'
import type { TriggerStore } from '../triggers/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createTriggerStore(db: Db, { fires: t, looks, crossings }: Tables): TriggerStore {
  return {
    async record(fire) {
      await db.insert(t).values(fire)
    },
    async lastFiredAt({ account, expansion, scope, party, since }) {
      const { user } = readScope(scope)
      const reached =
        party === 'admins'
          ? ne(t.to, 'own')
          : and(
              inArray(t.scope, ['', scope]),
              ne(t.to, 'admins'),
              // What answered another user's own attempt, nobody else has read.
              scope === ''
                ? undefined
                : or(isNull(t.user), eq(t.scope, scope), user === undefined ? undefined : eq(t.user, user)),
            )
      const [row] = await db
        .select({ at: t.at })
        .from(t)
        .where(
          and(eq(t.account, account), eq(t.expansion, expansion), eq(t.status, 'fired'), gte(t.at, since), reached),
        )
        .orderBy(desc(t.at))
        .limit(1)
      return row?.at ?? null
    },
    async hasAnswered({ trigger, expansion }, { account, feature, scope, period, mark }) {
      const [row] = await db
        .select({ id: t.id })
        .from(t)
        .innerJoin(
          crossings,
          and(
            eq(crossings.account, t.account),
            eq(crossings.feature, t.feature),
            eq(crossings.scope, t.scope),
            eq(crossings.event, t.cause),
          ),
        )
        .where(
          and(
            eq(t.account, account),
            eq(t.expansion, expansion),
            eq(t.scope, scope),
            eq(t.trigger, trigger),
            eq(t.feature, feature),
            ne(t.status, 'suppressed'),
            eq(crossings.period, period),
            eq(crossings.mark, mark),
          ),
        )
        .limit(1)
      return row !== undefined
    },
    async recentAttempt({ account, trigger, user, scope, feature, since }) {
      const [row] = await db
        .select()
        .from(t)
        .where(
          and(
            eq(t.account, account),
            eq(t.trigger, trigger),
            eq(t.user, user),
            eq(t.scope, scope),
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
          target: [looks.account, looks.trigger, looks.feature, looks.scope],
          set: { cause: look.cause, at: look.at },
        })
    },
    async looksDue(now, limit) {
      return db.select().from(looks).where(lte(looks.at, now)).orderBy(asc(looks.at)).limit(limit)
    },
    async looksOf(account) {
      return db.select().from(looks).where(eq(looks.account, account)).orderBy(asc(looks.at), asc(looks.trigger))
    },
    async takeLook({ account, trigger, feature, scope, at }) {
      const taken = await db
        .delete(looks)
        .where(
          and(
            eq(looks.account, account),
            eq(looks.trigger, trigger),
            eq(looks.feature, feature),
            eq(looks.scope, scope),
            eq(looks.at, at),
          ),
        )
        .returning({ at: looks.at })
      return taken.length > 0
    },
    async history(account, limit) {
      return db.select().from(t).where(eq(t.account, account)).orderBy(desc(t.at), desc(t.id)).limit(limit)
    },
  }
}

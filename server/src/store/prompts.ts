import { and, desc, eq, gt, gte, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm'
import { readScope, userScope } from '../kernel/scope.ts'
import { scopesOf } from '../prompts/model.ts'
import type { PromptStore } from '../prompts/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createPromptStore(db: Db, { deliveries, outcomes }: Tables): PromptStore {
  return {
    async deliver(delivery) {
      await db.insert(deliveries).values(delivery)
    },
    async find(account, id) {
      const [row] = await db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.account, account), eq(deliveries.id, id)))
      return row ?? null
    },
    async findByFire(account, fire) {
      const [row] = await db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.account, account), eq(deliveries.fire, fire)))
      return row ?? null
    },
    async open(account, reader, since) {
      const scopes = scopesOf(reader)
      const newest = (...conditions: Parameters<typeof and>) =>
        db
          .select()
          .from(deliveries)
          .where(
            and(eq(deliveries.account, account), isNull(deliveries.user), gte(deliveries.at, since), ...conditions),
          )
          .orderBy(desc(deliveries.at))
          .limit(50)
      const own = await newest(inArray(deliveries.scope, scopes), ne(deliveries.to, 'admins'))
      if (!reader.admin) return own
      const told = new Set(own.map(({ id }) => id))
      const others = await newest(ne(deliveries.to, 'own'))
      return [...own, ...others.filter(({ id }) => !told.has(id))].sort((a, b) => b.at - a.at)
    },
    async silences(account, user, now) {
      return db
        .select()
        .from(outcomes)
        .where(
          and(
            eq(outcomes.account, account),
            inArray(outcomes.outcome, ['dismissed', 'snoozed']),
            or(eq(outcomes.user, user), eq(outcomes.scope, 'account')),
            or(isNull(outcomes.until), gt(outcomes.until, now)),
          ),
        )
    },
    async outcomesOf(account, user, ids) {
      if (ids.length === 0) return []
      return db
        .select()
        .from(outcomes)
        .where(and(eq(outcomes.account, account), inArray(outcomes.delivery, [...ids]), eq(outcomes.user, user)))
    },
    async lastDismissedAt({ account, prompts, scope, party, since }) {
      const { user } = readScope(scope)
      const theirs =
        party === 'admins'
          ? and(ne(deliveries.to, 'own'), ne(outcomes.about, sql`${userScope('')} || ${outcomes.user}`))
          : and(
              inArray(outcomes.about, ['', scope]),
              ne(deliveries.to, 'admins'),
              user === undefined ? undefined : or(eq(outcomes.user, user), eq(outcomes.scope, 'account')),
            )
      const [row] = await db
        .select({ at: outcomes.at })
        .from(outcomes)
        .innerJoin(deliveries, and(eq(deliveries.account, outcomes.account), eq(deliveries.id, outcomes.delivery)))
        .where(
          and(
            eq(outcomes.account, account),
            eq(outcomes.outcome, 'dismissed'),
            inArray(outcomes.prompt, [...prompts]),
            or(isNull(outcomes.until), gt(outcomes.until, outcomes.at)),
            gte(outcomes.at, since),
            theirs,
          ),
        )
        .orderBy(desc(outcomes.at))
        .limit(1)
      return row?.at ?? null
    },
    async recordOutcome(outcome) {
      await db
        .insert(outcomes)
        .values(outcome)
        .onConflictDoUpdate({
          target: [outcomes.account, outcomes.delivery, outcomes.user, outcomes.outcome],
          set: { scope: outcome.scope, until: outcome.until, at: outcome.at },
          setWhere: lte(outcomes.at, outcome.at),
        })
    },
  }
}

import { and, desc, eq, gt, gte, inArray, isNull, lte, or } from 'drizzle-orm'
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
    async open(account, since) {
      return db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.account, account), isNull(deliveries.user), gte(deliveries.at, since)))
        .orderBy(desc(deliveries.at))
        .limit(50)
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
    async lastDismissedAt(account, prompts) {
      const [row] = await db
        .select({ at: outcomes.at })
        .from(outcomes)
        .where(
          and(
            eq(outcomes.account, account),
            eq(outcomes.outcome, 'dismissed'),
            inArray(outcomes.prompt, [...prompts]),
            or(isNull(outcomes.until), gt(outcomes.until, outcomes.at)),
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

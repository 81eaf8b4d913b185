import { asc, eq, isNull, lt } from 'drizzle-orm'
import type { StripeInbox } from '../billing/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createStripeInbox(db: Db, { stripeEvents: t }: Tables): StripeInbox {
  return {
    async receive(event) {
      const stored = await db.insert(t).values(event).onConflictDoNothing().returning({ id: t.id })
      return stored.length === 1
    },
    async pending(limit) {
      return db
        .select({ id: t.id, customer: t.customer })
        .from(t)
        .where(isNull(t.doneAt))
        .orderBy(asc(t.receivedAt))
        .limit(limit)
    },
    async done(id, doneAt) {
      await db.update(t).set({ doneAt }).where(eq(t.id, id))
    },
    async forgetBefore(at) {
      await db.delete(t).where(lt(t.doneAt, at))
    },
  }
}

import { and, eq, inArray, sql } from 'drizzle-orm'
import type { ErasureStore } from '../accounts/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createErasureStore(db: Db, t: Tables): ErasureStore {
  // All others have rows for an account, which go: a table that is added goes with them, or does not compile. What stays are
  // the settlements, which name payments and no person, and what belongs to nobody.
  const { accounts, events: happened, usage, settlements, stripeEvents, idempotency, jobs, comparisons, ...theirs } = t
  const events = async (account: string, limit: number): Promise<number> => {
    const some = db.select({ id: happened.id }).from(happened).where(eq(happened.account, account)).limit(limit)
    const gone = await db
      .delete(happened)
      .where(and(eq(happened.account, account), inArray(happened.id, some)))
      .returning({ name: happened.name })
    return gone.length
  }
  return {
    events,
    async account(account) {
      const [known] = await db
        .select({ customer: accounts.stripeCustomerId })
        .from(accounts)
        .where(eq(accounts.id, account))
      const users = await db
        .select({ count: sql<number>`count(*)`.mapWith(Number) })
        .from(theirs.users)
        .where(eq(theirs.users.account, account))
      const left = await events(account, Number.MAX_SAFE_INTEGER)
      for (const table of Object.values(theirs)) await db.delete(table).where(eq(table.account, account))
      // Replies that were kept for the account's users; those of hosts go with their time.
      const scope = sql`cast(${`${account}\n`} as text)`
      await db.delete(idempotency).where(sql`substr(${idempotency.scope}, 1, length(${scope})) = ${scope}`)
      if (known?.customer) await db.delete(stripeEvents).where(eq(stripeEvents.customer, known.customer))
      await db.delete(accounts).where(eq(accounts.id, account))
      return { users: users[0]?.count ?? 0, events: left }
    },
  }
}

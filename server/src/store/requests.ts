import { and, asc, desc, eq, getTableColumns, inArray, max, notInArray, sql } from 'drizzle-orm'
import { endedStatuses } from '../accounts/model.ts'
import type { RequestStore } from '../requests/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createRequestStore(db: Db, { requests: t, users, subscriptions }: Tables): RequestStore {
  return {
    async save(request) {
      const { account, id, ...rest } = request
      await db
        .insert(t)
        .values(request)
        .onConflictDoUpdate({ target: [t.account, t.id], set: rest })
    },
    async find(account, id) {
      const [row] = await db
        .select()
        .from(t)
        .where(and(eq(t.account, account), eq(t.id, id)))
      return row ?? null
    },
    async findOpen(account, user, feature) {
      const [row] = await db
        .select()
        .from(t)
        .where(and(eq(t.account, account), eq(t.user, user), eq(t.feature, feature), eq(t.status, 'open')))
      return row ?? null
    },
    async list(account, user) {
      const ofUser = user === null ? undefined : eq(t.user, user)
      return db
        .select()
        .from(t)
        .where(and(eq(t.account, account), ofUser))
        .orderBy(desc(t.createdAt))
        .limit(200)
    },
    async listForVendor(roles) {
      return db
        .select(getTableColumns(t))
        .from(t)
        .innerJoin(subscriptions, eq(subscriptions.account, t.account))
        .innerJoin(users, and(eq(users.account, t.account), eq(users.id, t.user)))
        .where(
          and(
            eq(t.status, 'open'),
            eq(subscriptions.byInvoice, true),
            notInArray(subscriptions.status, endedStatuses),
            inArray(users.role, [...roles]),
          ),
        )
        .orderBy(asc(t.createdAt), asc(t.id))
        .limit(200)
    },
    async summary(account, user) {
      const ofUser = user === null ? undefined : eq(t.user, user)
      const [row] = await db
        .select({
          open: sql<number>`count(case when ${t.status} = 'open' then 1 end)`.mapWith(Number),
          changedAt: max(t.updatedAt),
        })
        .from(t)
        .where(and(eq(t.account, account), ofUser))
      return { open: row?.open ?? 0, changedAt: row?.changedAt ?? null }
    },
  }
}

import {
  and,
  asc,
  desc,
  eq,
  exists,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'
import { endedStatuses } from '../accounts/model.ts'
import type { RequestRecord, RequestStore, ToVendor } from '../requests/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createRequestStore(db: Db, { requests: t, users, subscriptions }: Tables): RequestStore {
  const { toldAt: _told, retryAt: _retry, ...columns } = getTableColumns(t)
  const isIt = ({ account, id }: Pick<RequestRecord, 'account' | 'id'>) => and(eq(t.account, account), eq(t.id, id))
  const goesToVendor = ({ roles, everywhere }: ToVendor) =>
    and(
      exists(
        db
          .select({ one: sql`1` })
          .from(users)
          .where(and(eq(users.account, t.account), eq(users.id, t.user), inArray(users.role, [...roles]))),
      ),
      everywhere
        ? undefined
        : exists(
            db
              .select({ one: sql`1` })
              .from(subscriptions)
              .where(
                and(
                  eq(subscriptions.account, t.account),
                  or(eq(subscriptions.byInvoice, true), isNull(subscriptions.plan)),
                  notInArray(subscriptions.status, endedStatuses),
                ),
              ),
          ),
    )
  return {
    async save(request) {
      const { account, id, ...rest } = request
      await db
        .insert(t)
        .values(request)
        .onConflictDoUpdate({ target: [t.account, t.id], set: { ...rest, retryAt: null } })
    },
    async find(account, id) {
      const [row] = await db.select(columns).from(t).where(isIt({ account, id }))
      return row ?? null
    },
    async findOpen(account, user, feature) {
      const [row] = await db
        .select(columns)
        .from(t)
        .where(and(eq(t.account, account), eq(t.user, user), eq(t.feature, feature), eq(t.status, 'open')))
      return row ?? null
    },
    async list(account, user) {
      const ofUser = user === null ? undefined : eq(t.user, user)
      return db
        .select(columns)
        .from(t)
        .where(and(eq(t.account, account), ofUser))
        .orderBy(desc(t.createdAt))
        .limit(200)
    },
    async listForVendor(whose) {
      return db
        .select(columns)
        .from(t)
        .where(and(eq(t.status, 'open'), goesToVendor(whose)))
        .orderBy(asc(t.createdAt), asc(t.id))
        .limit(200)
    },
    async untold(whose, now, limit) {
      return db
        .select(columns)
        .from(t)
        .where(
          and(
            or(and(eq(t.status, 'open'), isNull(t.toldAt)), and(isNotNull(t.toldAt), lt(t.toldAt, t.updatedAt))),
            or(isNull(t.retryAt), lte(t.retryAt, now)),
            goesToVendor(whose),
          ),
        )
        .orderBy(asc(t.updatedAt), asc(t.id))
        .limit(limit)
    },
    async heard(request) {
      await db.update(t).set({ toldAt: request.updatedAt, retryAt: null }).where(isIt(request))
    },
    async putOff(request, at) {
      await db
        .update(t)
        .set({ retryAt: at })
        .where(and(isIt(request), eq(t.updatedAt, request.updatedAt)))
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

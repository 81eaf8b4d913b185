import { and, asc, eq, getTableColumns, gt, inArray, isNotNull, lt, lte, ne, notLike, sql } from 'drizzle-orm'
import type { AccountStore } from '../accounts/port.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Db } from './db.ts'
import { keepQuery } from './prepared.ts'
import type { Tables } from './tables.ts'

export function createAccountStore(db: Db, t: Tables): AccountStore {
  const isNamed = (account: string) =>
    and(eq(t.users.account, account), isNotNull(t.users.name), notLike(t.users.name, '%@%'))
  const { updatedAt: _, ...kept } = getTableColumns(t.accounts)
  const byId = keepQuery(() =>
    db
      .select(kept)
      .from(t.accounts)
      .where(eq(t.accounts.id, sql.placeholder('id')))
      .prepare('softgate_account'),
  )
  const subscriptionOf = keepQuery(() =>
    db
      .select()
      .from(t.subscriptions)
      .where(eq(t.subscriptions.account, sql.placeholder('account')))
      .prepare('softgate_subscription'),
  )
  const page = keepQuery(() =>
    db
      .select({ account: kept, subscription: t.subscriptions })
      .from(t.accounts)
      .leftJoin(t.subscriptions, eq(t.subscriptions.account, t.accounts.id))
      .where(gt(t.accounts.id, sql.placeholder('after')))
      .orderBy(asc(t.accounts.id))
      .limit(sql.placeholder('limit'))
      .prepare('softgate_accounts'),
  )
  return {
    async find(id) {
      const [row] = await byId().execute({ id })
      return row ?? null
    },
    async save(account, updatedAt) {
      const { stripeCustomerId } = account
      if (stripeCustomerId !== null) {
        const [holder] = await db
          .select({ id: t.accounts.id })
          .from(t.accounts)
          .where(and(eq(t.accounts.stripeCustomerId, stripeCustomerId), ne(t.accounts.id, account.id)))
        if (holder) throw customerTaken(stripeCustomerId)
      }
      const { id, createdAt, ...rest } = account
      try {
        await db
          .insert(t.accounts)
          .values({ ...account, updatedAt })
          .onConflictDoUpdate({ target: t.accounts.id, set: { ...rest, updatedAt } })
      } catch (error) {
        if (stripeCustomerId !== null && isTaken(error)) throw customerTaken(stripeCustomerId)
        throw error
      }
    },
    async idOfCustomer(customer) {
      const [row] = await db
        .select({ id: t.accounts.id })
        .from(t.accounts)
        .where(eq(t.accounts.stripeCustomerId, customer))
      return row?.id ?? null
    },
    async isAnyBefore(at) {
      const rows = await db.select({ id: t.accounts.id }).from(t.accounts).where(lt(t.accounts.createdAt, at)).limit(1)
      return rows.length > 0
    },
    async idsAfter(after, limit) {
      const rows = await db
        .select({ id: t.accounts.id })
        .from(t.accounts)
        .where(gt(t.accounts.id, after))
        .orderBy(asc(t.accounts.id))
        .limit(limit)
      return rows.map(({ id }) => id)
    },
    async after(after, limit) {
      return page().execute({ after, limit })
    },
    async customersAfter(after, limit) {
      const rows = await db
        .select({ id: t.accounts.id, customer: t.accounts.stripeCustomerId })
        .from(t.accounts)
        .where(and(gt(t.accounts.id, after), isNotNull(t.accounts.stripeCustomerId)))
        .orderBy(asc(t.accounts.id))
        .limit(limit)
      return rows.flatMap(({ id, customer }) => (customer === null ? [] : [{ id, customer }]))
    },
    async findUser(account, id) {
      const [row] = await db
        .select({
          account: t.users.account,
          id: t.users.id,
          email: t.users.email,
          name: t.users.name,
          role: t.users.role,
          locale: t.users.locale,
          entities: t.users.entities,
        })
        .from(t.users)
        .where(and(eq(t.users.account, account), eq(t.users.id, id)))
      return row ?? null
    },
    async namesInRoles({ account, roles, except, limit }) {
      const rows = await db
        .select({ name: t.users.name })
        .from(t.users)
        .where(and(isNamed(account), inArray(t.users.role, [...roles]), ne(t.users.id, except)))
        .orderBy(asc(t.users.name), asc(t.users.id))
        .limit(limit)
      return rows.flatMap(({ name }) => name ?? [])
    },
    async namesOf(account, users) {
      if (users.length === 0) return new Map()
      const rows = await db
        .select({ id: t.users.id, name: t.users.name })
        .from(t.users)
        .where(and(isNamed(account), inArray(t.users.id, [...users])))
      return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])))
    },
    async saveUser(user, updatedAt) {
      const { account, id, ...rest } = user
      await db
        .insert(t.users)
        .values({ ...user, updatedAt })
        .onConflictDoUpdate({ target: [t.users.account, t.users.id], set: { ...rest, updatedAt } })
    },
    async findSubscription(account) {
      const [row] = await subscriptionOf().execute({ account })
      return row ?? null
    },
    async saveSubscription(subscription) {
      const { account, ...rest } = subscription
      const kept = await db
        .insert(t.subscriptions)
        .values(subscription)
        .onConflictDoUpdate({
          target: t.subscriptions.account,
          set: {
            ...rest,
            // A look that sees the same status of the same subscription knows no better since when.
            statusSince: sql`case when ${t.subscriptions.id} = ${rest.id} and ${t.subscriptions.status} = ${rest.status} then ${t.subscriptions.statusSince} else ${rest.statusSince} end`,
          },
          setWhere: sql`${t.subscriptions.observedAt} <= ${subscription.observedAt}`,
        })
        .returning({ account: t.subscriptions.account })
      return kept.length === 1
    },
    async subscribersAfter(plan, account, limit) {
      return db
        .select()
        .from(t.subscriptions)
        .where(and(plan === null ? undefined : eq(t.subscriptions.plan, plan), gt(t.subscriptions.account, account)))
        .orderBy(asc(t.subscriptions.account))
        .limit(limit)
    },
    async subscriptionsPastPeriod(now, limit) {
      return db
        .select({ account: t.subscriptions.account, id: t.subscriptions.id })
        .from(t.subscriptions)
        .where(and(lte(t.subscriptions.periodEnd, now), lt(t.subscriptions.observedAt, t.subscriptions.periodEnd)))
        .orderBy(asc(t.subscriptions.periodEnd))
        .limit(limit)
    },
    async subscriptionsSeenBefore(before, limit) {
      return db
        .select({ account: t.subscriptions.account, id: t.subscriptions.id })
        .from(t.subscriptions)
        .where(lte(t.subscriptions.observedAt, before))
        .orderBy(asc(t.subscriptions.observedAt))
        .limit(limit)
    },
  }
}

/** Another account took the customer after the look above: accounts write side by side on PostgreSQL, not on SQLite. */
const isTaken = (error: unknown): boolean => {
  const { cause } = error as { cause?: { constraint?: string } }
  return cause?.constraint === 'accounts_by_customer'
}

const customerTaken = (customer: string) =>
  new ProblemError(
    'customer_taken',
    `The Stripe customer ${customer} belongs to another account. One customer pays for one account.`,
  )

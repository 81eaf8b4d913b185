import { and, asc, desc, eq, gt, gte, isNotNull, lt } from 'drizzle-orm'
import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import type { BillingStore } from '../billing/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createBillingStore(db: Db, { quotes, settlements, upgrades }: Tables): BillingStore {
  // The unique index sees true once an account and ignores nulls: that is the law "one open upgrade an account".
  const toRow = (upgrade: UpgradeRecord) => ({ ...upgrade, open: isClosed(upgrade) ? null : true })
  const one = async (...conditions: Parameters<typeof and>): Promise<UpgradeRecord | null> => {
    const [row] = await db
      .select()
      .from(upgrades)
      .where(and(...conditions))
    return row ? fromRow(row) : null
  }
  return {
    async saveQuote(quote) {
      await db.insert(quotes).values(quote)
    },
    async findQuote(account, id) {
      const [row] = await db
        .select()
        .from(quotes)
        .where(and(eq(quotes.account, account), eq(quotes.id, id)))
      return row ?? null
    },
    async openUpgrade(upgrade) {
      const opened = await db
        .insert(upgrades)
        .values(toRow(upgrade))
        .onConflictDoNothing()
        .returning({ id: upgrades.id })
      return opened.length === 1
    },
    async saveUpgrade(upgrade) {
      const { account, id, ...rest } = toRow(upgrade)
      await db
        .update(upgrades)
        .set(rest)
        .where(and(eq(upgrades.account, account), eq(upgrades.id, id)))
    },
    findUpgrade: (account, id) => one(eq(upgrades.account, account), eq(upgrades.id, id)),
    findUpgradeOfQuote: (account, quote) => one(eq(upgrades.account, account), eq(upgrades.quote, quote)),
    findOpenUpgrade: (account) => one(eq(upgrades.account, account), eq(upgrades.open, true)),
    async lastApplied(account) {
      const [row] = await db
        .select()
        .from(upgrades)
        .where(and(eq(upgrades.account, account), eq(upgrades.phase, 'applied')))
        .orderBy(desc(upgrades.updatedAt), desc(upgrades.id))
        .limit(1)
      return row ? fromRow(row) : null
    },
    async appliedSince(account, at) {
      const rows = await db
        .select()
        .from(upgrades)
        .where(and(eq(upgrades.account, account), eq(upgrades.phase, 'applied'), gte(upgrades.updatedAt, at)))
        .orderBy(asc(upgrades.updatedAt), asc(upgrades.id))
      return rows.map(fromRow)
    },
    async settle(movements) {
      if (movements.length === 0) return []
      return db
        .insert(settlements)
        .values([...movements])
        .onConflictDoNothing()
        .returning()
    },
    async settlements(account, since) {
      return db
        .select()
        .from(settlements)
        .where(and(eq(settlements.account, account), gte(settlements.at, since)))
        .orderBy(asc(settlements.at), asc(settlements.id))
    },
    async isQuoted(account, now) {
      const [row] = await db
        .select({ id: quotes.id })
        .from(quotes)
        .where(and(eq(quotes.account, account), isNotNull(quotes.subscription), gt(quotes.expiresAt, now)))
        .limit(1)
      return row !== undefined
    },
    async abandonedUpgrades(now, limit) {
      const rows = await db
        .select()
        .from(upgrades)
        .where(and(eq(upgrades.open, true), lt(upgrades.leaseUntil, now)))
        .orderBy(asc(upgrades.updatedAt))
        .limit(limit)
      return rows.map(fromRow)
    },
    async renewLease({ account, id, owner, until }) {
      await db
        .update(upgrades)
        .set({ leaseUntil: until })
        .where(and(eq(upgrades.account, account), eq(upgrades.id, id), eq(upgrades.leaseOwner, owner)))
    },
    async releaseLeases() {
      await db.update(upgrades).set({ leaseOwner: null, leaseUntil: 0 }).where(eq(upgrades.open, true))
    },
  }
}

const fromRow = ({ open, ...upgrade }: UpgradeRecord & { open: boolean | null }): UpgradeRecord => upgrade

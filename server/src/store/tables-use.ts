import { sql } from 'drizzle-orm'
import type { UseReport } from '../billing/overage.ts'
import type { Kit } from './kit.ts'

/** The tables of what is billed by use. */
export const defineUseTables = (k: Kit) => ({
  /** How far the use of each billing period was told to Stripe. */
  overages: k.table(
    'overages',
    {
      account: k.text('account').notNull(),
      feature: k.text('feature').notNull(),
      period: k.int('period').notNull(),
      price: k.text('price').notNull(),
      limit: k.int('limit').notNull(),
      base: k.int('base').notNull(),
      used: k.int('used').notNull(),
      reported: k.int('reported').notNull(),
      missed: k.int('missed').notNull(),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.feature, t.period] })],
  ),
  /** The outbox of Stripe's meters: stored with what it is reckoned from, sent under its id, and kept while Stripe knows that. */
  useReports: k.table(
    'use_reports',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      feature: k.text('feature').notNull(),
      period: k.int('period').notNull(),
      price: k.text('price').notNull(),
      customer: k.text('customer').notNull(),
      units: k.int('units').notNull(),
      voids: k.text('voids'),
      time: k.int('time').notNull(),
      until: k.int('until').notNull(),
      state: k.text('state').$type<UseReport['state']>().notNull(),
      triedAt: k.int('tried_at'),
      attempts: k.int('attempts').notNull(),
      nextAt: k.int('next_at').notNull(),
      reason: k.text('reason'),
      createdAt: k.int('created_at').notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.id] }),
      k.index('use_reports_due').on(t.nextAt).where(sql`state = 'waiting'`),
    ],
  ),
})

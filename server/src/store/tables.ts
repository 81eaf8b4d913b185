import type {
  Facts,
  Interval,
  OpenInvoice,
  Outcome,
  Quote,
  Reason,
  RequestStatus,
  Segment,
  UpgradeInvoice,
} from '@softgate/sdk/contract'
import { sql } from 'drizzle-orm'
import type { SubscriptionRecord } from '../accounts/model.ts'
import type { Change, Checkout, Steps, UpgradePhase, UpgradeRecord } from '../billing/model.ts'
import type { Settlement } from '../billing/settlement.ts'
import type { Audience, Grant } from '../catalog/model.ts'
import type { StoredOffer } from '../prompts/model.ts'
import type { FireStatus } from '../triggers/model.ts'
import type { Kit } from './kit.ts'
import { defineMeteringTables } from './metering-tables.ts'
import { defineUseTables } from './tables-use.ts'

/**
 * Every table, once, for both dialects. Each account-scoped key begins with the account, so the tables can be partitioned.
 * Instants are epoch milliseconds, money is in minor units; the database makes neither times nor ids.
 */
export const defineTables = (k: Kit) => ({
  accounts: k.table(
    'accounts',
    {
      id: k.text('id').primaryKey(),
      name: k.text('name'),
      segment: k.text('segment').$type<Segment>(),
      plan: k.text('plan'),
      timeZone: k.text('time_zone'),
      currency: k.text('currency'),
      stripeCustomerId: k.text('stripe_customer_id'),
      onboardedAt: k.int('onboarded_at'),
      contractRenewsAt: k.int('contract_renews_at'),
      contractValue: k.int('contract_value'),
      healthScore: k.int('health_score'),
      facts: k.json<Facts>('facts').notNull(),
      createdAt: k.int('created_at').notNull(),
      updatedAt: k.int('updated_at').notNull(),
    },
    (t) => [k.uniqueIndex('accounts_by_customer').on(t.stripeCustomerId)],
  ),
  users: k.table(
    'users',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      email: k.text('email'),
      name: k.text('name'),
      role: k.text('role'),
      locale: k.text('locale'),
      entities: k.json<string[]>('entities').notNull(),
      updatedAt: k.int('updated_at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.id] })],
  ),
  /** One row an account: a second live subscription has no place to go. */
  subscriptions: k.table(
    'subscriptions',
    {
      account: k.text('account').primaryKey(),
      id: k.text('id').notNull(),
      status: k.text('status').notNull(),
      plan: k.text('plan'),
      interval: k.text('interval').$type<Interval>().notNull(),
      currency: k.text('currency').notNull(),
      quantities: k.json<Record<string, number>>('quantities').notNull(),
      addons: k.json<Record<string, number>>('addons').notNull(),
      overage: k.json<SubscriptionRecord['overage']>('overage').notNull(),
      rates: k.json<SubscriptionRecord['rates']>('rates').notNull(),
      anchor: k.int('anchor').notNull(),
      periodStart: k.int('period_start').notNull(),
      periodEnd: k.int('period_end').notNull(),
      cancelAt: k.int('cancel_at'),
      unpaid: k.json<OpenInvoice | null>('unpaid'),
      pending: k.json<SubscriptionRecord['pending']>('pending'),
      byInvoice: k.bool('by_invoice').notNull(),
      statusSince: k.int('status_since').notNull(),
      observedAt: k.int('observed_at').notNull(),
    },
    (t) => [
      k.index('subscriptions_by_look').on(t.observedAt),
      k.index('subscriptions_by_period').on(t.periodEnd, t.observedAt),
    ],
  ),
  /** What an account has of a feature other than its plan gives: one made for it, and one trial, which is kept when it is over. */
  overrides: k.table(
    'overrides',
    {
      account: k.text('account').notNull(),
      feature: k.text('feature').notNull(),
      kind: k.text('kind').$type<'override' | 'trial'>().notNull(),
      grant: k.json<Grant | null>('grant'),
      reason: k.text('reason').notNull(),
      author: k.text('author').notNull(),
      endsAt: k.int('ends_at'),
      createdAt: k.int('created_at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.feature, t.kind] })],
  ),
  ...defineMeteringTables(k),
  fires: k.table(
    'fires',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      trigger: k.text('trigger').notNull(),
      expansion: k.text('expansion').notNull(),
      status: k.text('status').$type<FireStatus>().notNull(),
      user: k.text('user'),
      scope: k.text('scope').notNull(),
      to: k.text('to').$type<Audience>().notNull(),
      feature: k.text('feature').notNull(),
      /** The event or crossing that caused it. */
      cause: k.text('cause').notNull(),
      explain: k.json<Reason[]>('explain').notNull(),
      at: k.int('at').notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.id] }),
      k.index('fires_by_expansion').on(t.account, t.expansion, t.scope, t.at),
      k.index('fires_for_admins').on(t.account, t.expansion, t.at).where(sql`"to" <> 'own'`),
    ],
  ),
  /** Triggers that time or the facts of their account keep from firing, each to be looked at again when that has changed. */
  looks: k.table(
    'looks',
    {
      account: k.text('account').notNull(),
      trigger: k.text('trigger').notNull(),
      scope: k.text('scope').notNull(),
      feature: k.text('feature').notNull(),
      cause: k.text('cause').notNull(),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.trigger, t.feature, t.scope] }), k.index('looks_by_time').on(t.at)],
  ),
  deliveries: k.table(
    'deliveries',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      fire: k.text('fire').notNull(),
      /** The one user whom it answers; null when nobody asked. */
      user: k.text('user'),
      scope: k.text('scope').notNull(),
      to: k.text('to').$type<Audience>().notNull(),
      prompt: k.text('prompt').notNull(),
      variant: k.text('variant').notNull(),
      placement: k.text('placement').notNull(),
      feature: k.text('feature').notNull(),
      quantity: k.int('quantity').notNull(),
      offer: k.json<StoredOffer | null>('offer'),
      at: k.int('at').notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.id] }),
      k.index('deliveries_by_time').on(t.account, t.scope, t.at),
      k.index('deliveries_for_admins').on(t.account, t.at).where(sql`"to" <> 'own'`),
    ],
  ),
  outcomes: k.table(
    'outcomes',
    {
      account: k.text('account').notNull(),
      delivery: k.text('delivery').notNull(),
      /** The scope of the delivery; `scope` is for whom it speaks. */
      about: k.text('about').notNull(),
      user: k.text('user').notNull(),
      outcome: k.text('outcome').$type<Outcome>().notNull(),
      prompt: k.text('prompt').notNull(),
      feature: k.text('feature').notNull(),
      scope: k.text('scope').$type<'user' | 'account'>().notNull(),
      /** Until when a dismissal or snooze holds; null for ever. */
      until: k.int('until'),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.delivery, t.user, t.outcome] })],
  ),
  quotes: k.table(
    'quotes',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      user: k.text('user').notNull(),
      delivery: k.text('delivery'),
      change: k.json<Change>('change').notNull(),
      subscription: k.text('subscription'),
      steps: k.json<Steps>('steps').notNull(),
      /** Epoch seconds, as Stripe counts. */
      prorationDate: k.int('proration_date').notNull(),
      amountDue: k.int('amount_due').notNull(),
      currency: k.text('currency').notNull(),
      fingerprint: k.text('fingerprint').notNull(),
      livemode: k.bool('livemode').notNull(),
      body: k.json<Quote>('body').notNull(),
      createdAt: k.int('created_at').notNull(),
      expiresAt: k.int('expires_at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.id] })],
  ),
  upgrades: k.table(
    'upgrades',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      quote: k.text('quote').notNull(),
      user: k.text('user').notNull(),
      phase: k.text('phase').$type<UpgradePhase>().notNull(),
      /** True while it may still come to a charge, null after: the unique index lets one open upgrade an account through. */
      open: k.bool('open'),
      invoice: k.json<UpgradeInvoice | null>('invoice'),
      clientSecret: k.text('client_secret'),
      /** The card that was declined; another one makes a repeat worth trying. */
      failedMethod: k.text('failed_method'),
      card: k.json<UpgradeRecord['card']>('card'),
      reason: k.json<{ code: string; detail: string } | null>('reason'),
      checkout: k.json<Checkout | null>('checkout'),
      /** Who works on it, until when. A second process waits, and takes over when this has passed. */
      leaseOwner: k.text('lease_owner'),
      leaseUntil: k.int('lease_until').notNull(),
      createdAt: k.int('created_at').notNull(),
      updatedAt: k.int('updated_at').notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.id] }),
      k.uniqueIndex('upgrades_by_quote').on(t.account, t.quote),
      k.uniqueIndex('upgrades_one_open').on(t.account, t.open),
    ],
  ),
  /** Money that has moved, one row a movement. */
  settlements: k.table(
    'settlements',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      kind: k.text('kind').$type<Settlement['kind']>().notNull(),
      payment: k.text('payment').notNull(),
      intent: k.text('intent').notNull(),
      invoice: k.text('invoice'),
      upgrade: k.text('upgrade'),
      amount: k.int('amount').notNull(),
      currency: k.text('currency').notNull(),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.id] })],
  ),
  ...defineUseTables(k),
  requests: k.table(
    'requests',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      user: k.text('user').notNull(),
      feature: k.text('feature').notNull(),
      quantity: k.int('quantity').notNull(),
      note: k.text('note'),
      status: k.text('status').$type<RequestStatus>().notNull(),
      createdAt: k.int('created_at').notNull(),
      answeredAt: k.int('answered_at'),
      answeredBy: k.text('answered_by'),
      reply: k.text('reply'),
      updatedAt: k.int('updated_at').notNull(),
      // As of which change the vendor's hook has heard of it, and when it is told again after it failed.
      toldAt: k.int('told_at'),
      retryAt: k.int('retry_at'),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.id] })],
  ),
  stripeEvents: k.table(
    'stripe_events',
    {
      id: k.text('id').primaryKey(),
      type: k.text('type').notNull(),
      customer: k.text('customer'),
      receivedAt: k.int('received_at').notNull(),
      doneAt: k.int('done_at'),
    },
    (t) => [k.index('stripe_events_pending').on(t.receivedAt).where(sql`done_at is null`)],
  ),
  /** When each job that is done now and then was last taken. */
  jobs: k.table('jobs', { name: k.text('name').primaryKey(), at: k.int('at').notNull() }),
  /** What groups of accounts use; nothing is kept of small ones. */
  comparisons: k.table(
    'comparisons',
    {
      segment: k.text('segment').$type<Segment>().notNull(),
      plan: k.text('plan').notNull(),
      band: k.int('band').notNull(),
      feature: k.text('feature').notNull(),
      low: k.int('low').notNull(),
      median: k.int('median').notNull(),
      high: k.int('high').notNull(),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.segment, t.plan, t.band, t.feature] })],
  ),
  idempotency: k.table(
    'idempotency',
    {
      /** The account and caller that the key belongs to: another's key is another key. */
      scope: k.text('scope').notNull(),
      key: k.text('key').notNull(),
      request: k.text('request').notNull(),
      status: k.int('status'),
      body: k.text('body'),
      at: k.int('at').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.scope, t.key] })],
  ),
})

export type Tables = ReturnType<typeof defineTables>

import { createPool } from '../kernel/pool.ts'
import type { AccountRecord, SubscriptionRecord } from './model.ts'

const word = createPool<string>()
const nothing = Object.freeze({})

/** The same text in one place of memory, for those that a catalogue or a standard has few of. */
const same = <T extends string | null>(text: T): T => (text === null ? text : word(text, () => text)) as T

const few = <T extends object>(values: T): T => (Object.keys(values).length === 0 ? (nothing as T) : values)

/** The record as it is kept in memory, beside a hundred thousand others: each row that is read brings every word anew. */
export const leanAccount = (record: AccountRecord): AccountRecord => ({
  id: record.id,
  name: record.name,
  segment: same(record.segment),
  plan: same(record.plan),
  timeZone: same(record.timeZone),
  currency: same(record.currency),
  stripeCustomerId: record.stripeCustomerId,
  onboardedAt: record.onboardedAt,
  contractRenewsAt: record.contractRenewsAt,
  contractValue: record.contractValue,
  healthScore: record.healthScore,
  facts: few(record.facts),
  createdAt: record.createdAt,
})

/** The same for what an account has bought. */
export const leanSubscription = (record: SubscriptionRecord): SubscriptionRecord => ({
  ...record,
  status: same(record.status),
  plan: same(record.plan),
  interval: same(record.interval),
  currency: same(record.currency),
  quantities: few(record.quantities),
  addons: few(record.addons),
  overage: few(record.overage),
  rates: few(record.rates),
})

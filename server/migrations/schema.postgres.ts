import { postgresKit } from '../src/store/kit.ts'
import { defineTables } from '../src/store/tables.ts'

export const {
  accounts,
  overrides,
  users,
  subscriptions,
  events,
  counters,
  days,
  uniques,
  holds,
  crossings,
  fires,
  looks,
  deliveries,
  outcomes,
  quotes,
  upgrades,
  settlements,
  overages,
  useReports,
  requests,
  stripeEvents,
  idempotency,
  jobs,
  comparisons,
} = defineTables(postgresKit)

import type { AccountStore, ErasureStore } from '../accounts/port.ts'
import type { BillingStore, StripeInbox } from '../billing/port.ts'
import type { UseStore } from '../billing/use-port.ts'
import type { OverrideStore } from '../entitlements/port.ts'
import type { ExperimentStore } from '../experiments/port.ts'
import type { ComparisonStore } from '../insights/port.ts'
import type { MeteringStore, ReservationStore } from '../metering/port.ts'
import type { PromptStore } from '../prompts/port.ts'
import type { RequestStore } from '../requests/port.ts'
import type { TriggerStore } from '../triggers/port.ts'
import { createAccountStore } from './accounts.ts'
import { createBillingStore } from './billing.ts'
import { createComparisonStore } from './comparisons.ts'
import type { Db } from './db.ts'
import { createErasureStore } from './erase.ts'
import { createExperimentStore } from './experiments.ts'
import { createIdempotencyStore, type IdempotencyStore } from './idempotency.ts'
import { createStripeInbox } from './inbox.ts'
import { createJobStore, type JobStore } from './jobs.ts'
import { createMeteringStore } from './metering.ts'
import { createOverrideStore } from './overrides.ts'
import { createPromptStore } from './prompts.ts'
import { createRequestStore } from './requests.ts'
import { createReservationStore } from './reservations.ts'
import type { Tables } from './tables.ts'
import { createTriggerStore } from './triggers.ts'
import { createUseStore } from './use.ts'

/** Every module's port, on one database handle. */
export interface Stores {
  accounts: AccountStore
  metering: MeteringStore
  overrides: OverrideStore
  triggers: TriggerStore
  prompts: PromptStore
  billing: BillingStore
  inbox: StripeInbox
  use: UseStore
  requests: RequestStore
  reservations: ReservationStore
  idempotency: IdempotencyStore
  jobs: JobStore
  comparisons: ComparisonStore
  erasure: ErasureStore
  experiments: ExperimentStore
}

export const createStores = (db: Db, tables: Tables): Stores => ({
  accounts: createAccountStore(db, tables),
  metering: createMeteringStore(db, tables),
  overrides: createOverrideStore(db, tables),
  triggers: createTriggerStore(db, tables),
  prompts: createPromptStore(db, tables),
  billing: createBillingStore(db, tables),
  inbox: createStripeInbox(db, tables),
  use: createUseStore(db, tables),
  requests: createRequestStore(db, tables),
  reservations: createReservationStore(db, tables),
  idempotency: createIdempotencyStore(db, tables),
  jobs: createJobStore(db, tables),
  comparisons: createComparisonStore(db, tables),
  erasure: createErasureStore(db, tables),
  experiments: createExperimentStore(db, tables),
})

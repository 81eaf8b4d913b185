import type {
  Account,
  AccountInput,
  EraseQuery,
  Erasure,
  TokenAnswer,
  TokenInput,
  User,
  UserInput,
} from './accounts.ts'
import type { EstimateAnswer, Quote, QuoteInput, Upgrade, UpgradeCardInput, UpgradeInput } from './billing.ts'
import type {
  CheckInput,
  CommitInput,
  ConsumeInput,
  Decision,
  ReleaseAnswer,
  ReleaseInput,
  ReserveAnswer,
  ReserveInput,
} from './decision.ts'
import type { DoctorAnswer, DoctorInput } from './doctor.ts'
import type { EventsAnswer, EventsInput, ImportQuery } from './events.ts'
import type { OverrideInput, OverridesAnswer } from './overrides.ts'
import type { PlansAnswer, PlansQuery } from './plans.ts'
import type { GateAnswer, GateInput, OutcomeAnswer, OutcomeInput } from './prompts.ts'
import type { RepriceAnswer, RepriceInput } from './reprice.ts'
import type {
  AccessRequest,
  RequestAnswerInput,
  RequestInput,
  RequestsAnswer,
  VendorRequestsAnswer,
} from './requests.ts'
import type { ResultsAnswer, ResultsInput } from './results.ts'
import type { State } from './state.ts'
import type { SubscriptionAnswer } from './subscription.ts'
import type { InvoicesAnswer, PortalAnswer, PortalInput, UsageAnswer, UsageQuery } from './usage.ts'

interface Route<Body, Answer, Query = void> {
  body: Body
  answer: Answer
  query: Query
}

/**
 * The wire, as one table: the SDK's calls and the server's handlers take their types from the same key. `void` stands for
 * no body, or no query. Left out are routes that do not speak JSON both ways: the stream, the Stripe webhook and `/openapi.json`.
 */
export interface Routes {
  'POST /v1/check': Route<CheckInput, Decision>
  'POST /v1/consume': Route<ConsumeInput, Decision>
  'POST /v1/reserve': Route<ReserveInput, ReserveAnswer>
  'POST /v1/commit': Route<CommitInput, Decision>
  'POST /v1/release': Route<ReleaseInput, ReleaseAnswer>
  'POST /v1/events': Route<EventsInput, EventsAnswer>
  'GET /v1/state': Route<void, State>
  'POST /v1/tokens': Route<TokenInput, TokenAnswer>
  'PUT /v1/accounts/{account}': Route<AccountInput, Account>
  'GET /v1/accounts/{account}': Route<void, Account>
  'DELETE /v1/accounts/{account}': Route<void, Erasure, EraseQuery>
  'PUT /v1/accounts/{account}/users/{user}': Route<UserInput, User>
  'GET /v1/accounts/{account}/users/{user}': Route<void, User>
  'PUT /v1/accounts/{account}/overrides/{feature}': Route<OverrideInput, OverridesAnswer>
  'GET /v1/accounts/{account}/overrides/{feature}': Route<void, OverridesAnswer>
  'DELETE /v1/accounts/{account}/overrides/{feature}': Route<void, OverridesAnswer>
  'POST /v1/gates': Route<GateInput, GateAnswer>
  'POST /v1/prompts/{delivery}/outcome': Route<OutcomeInput, OutcomeAnswer>
  'POST /v1/quotes': Route<QuoteInput, Quote>
  'POST /v1/upgrades': Route<UpgradeInput, Upgrade>
  'GET /v1/upgrades/{id}': Route<void, Upgrade>
  'DELETE /v1/upgrades/{id}': Route<void, Upgrade>
  'POST /v1/upgrades/{id}/card': Route<UpgradeCardInput, Upgrade>
  'GET /v1/usage': Route<void, UsageAnswer, UsageQuery>
  'GET /v1/estimate': Route<void, EstimateAnswer>
  'GET /v1/plans': Route<void, PlansAnswer, PlansQuery>
  'GET /v1/subscription': Route<void, SubscriptionAnswer>
  'GET /v1/invoices': Route<void, InvoicesAnswer>
  'POST /v1/portal': Route<PortalInput, PortalAnswer>
  'POST /v1/requests': Route<RequestInput, AccessRequest>
  'GET /v1/requests': Route<void, RequestsAnswer>
  'POST /v1/requests/{id}': Route<RequestAnswerInput, AccessRequest>
  'DELETE /v1/requests/{id}': Route<void, AccessRequest>
  'GET /v1/admin/requests': Route<void, VendorRequestsAnswer>
  'POST /v1/admin/import': Route<EventsInput, EventsAnswer, ImportQuery>
  'POST /v1/admin/reprice': Route<RepriceInput, RepriceAnswer>
  'POST /v1/admin/results': Route<ResultsInput, ResultsAnswer>
  'POST /v1/admin/doctor': Route<DoctorInput, DoctorAnswer>
}

export type RouteKey = keyof Routes & string
export type BodyOf<K extends RouteKey> = Routes[K]['body']
export type QueryOf<K extends RouteKey> = Routes[K]['query']
export type AnswerOf<K extends RouteKey> = Routes[K]['answer']

/** The `{names}` in a route's path. */
export type ParamsOf<K extends string> = K extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsOf<Rest>
  : never

import type { Problem, ProblemCode } from '@softgate/sdk/contract'

const table = {
  malformed_json: [400, 'The body is not JSON'],
  invalid_request: [422, 'The request does not fit this route'],
  unsupported_media_type: [415, 'The content type is not supported'],
  payload_too_large: [413, 'The body is too large'],
  unauthorized: [401, 'The credential is missing or not valid'],
  token_expired: [401, 'The user token has expired'],
  forbidden: [403, 'This credential may not use this route'],
  foreign_account: [403, 'The credential belongs to another account'],
  role_not_allowed: [403, 'The role of this user does not allow it'],
  purchase_not_allowed: [403, 'This user may not buy for the account'],
  purchase_cap_exceeded: [403, 'The amount is above what this token may spend'],
  signature_invalid: [400, 'The signature does not match'],
  route_unknown: [404, 'There is no such route'],
  method_not_allowed: [405, 'The route does not know this method'],
  account_unknown: [404, 'There is no such account'],
  user_unknown: [404, 'There is no such user in the account'],
  feature_unknown: [404, 'There is no such feature in the catalogue'],
  plan_unknown: [422, 'There is no such plan in the catalogue'],
  offer_unknown: [404, 'There is no such offer for the account now'],
  quote_unknown: [404, 'There is no such quote in the account'],
  upgrade_unknown: [404, 'There is no such upgrade in the account'],
  card_unknown: [404, 'There is no such saved card of the account'],
  request_unknown: [404, 'There is no such request in the account'],
  override_unknown: [404, 'The account has no override of the feature'],
  reservation_unknown: [404, 'There is no such reservation in the account'],
  delivery_unknown: [404, 'There is no such prompt delivery in the account'],
  plan_managed_by_subscription: [409, 'A live subscription names the plan'],
  subscription_live: [409, 'A live subscription pays for the account'],
  customer_taken: [409, 'Another account has this Stripe customer'],
  quote_expired: [409, 'The quote has expired'],
  quote_used: [409, 'The quote has been used'],
  quote_stale: [409, 'The price or the subscription has changed since the quote'],
  upgrade_open: [409, 'Another upgrade of the account waits for its payment'],
  upgrade_closed: [409, 'The upgrade has ended'],
  request_closed: [409, 'The request has been answered'],
  trial_used: [409, 'The account has had its trial of the feature'],
  still_blocked: [409, 'The plan does not allow it yet'],
  subscription_not_ready: [409, 'The subscription cannot be changed now'],
  promotion_invalid: [422, 'The promotion code cannot be redeemed'],
  below_use: [409, 'More is in use than would be left'],
  billing_off: [409, 'Purchases are switched off'],
  card_missing: [402, 'There is no card to charge'],
  billing_refused: [422, 'Stripe refused the change'],
  billing_unavailable: [503, 'Stripe cannot be reached'],
  idempotency_key_reused: [422, 'The Idempotency-Key was used with another request'],
  idempotency_key_in_use: [409, 'A request with this Idempotency-Key is under way'],
  rate_limited: [429, 'Too many requests'],
  overloaded: [503, 'The server has as much waiting as it can hold'],
  storage_unavailable: [503, 'The database cannot be reached or has no room'],
  internal: [500, 'Something failed inside the server'],
} as const satisfies Record<ProblemCode, readonly [status: number, title: string]>

/** Every code with its HTTP status and title; the one place that relates them. */
export const problemTable: Record<ProblemCode, readonly [status: number, title: string]> = table

export interface ProblemOptions {
  errors?: { path: string; detail: string }[]
  cause?: unknown
}

/**
 * The one error of the server. `code` is closed and public, `detail` is written for the caller (what happened, to what,
 * what to do); a `cause` is for the log and never leaves the process.
 */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly errors: { path: string; detail: string }[] | undefined

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.errors = options.errors
  }

  get status(): number {
    return problemTable[this.code][0]
  }
}

/** The body of the reply, as RFC 9457 has it. */
export const toProblem = (error: ProblemError): Problem => {
  const [status, title] = problemTable[error.code]
  return {
    type: `urn:softgate:problem:${error.code}`,
    code: error.code,
    title,
    status,
    detail: error.message,
    ...(error.errors && { errors: error.errors }),
  }
}

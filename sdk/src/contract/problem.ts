/** Why a call failed, as a closed list: safe to switch on. */
export type ProblemCode =
  | 'malformed_json'
  | 'invalid_request'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'unauthorized'
  | 'token_expired'
  | 'forbidden'
  | 'foreign_account'
  | 'role_not_allowed'
  | 'purchase_not_allowed'
  | 'purchase_cap_exceeded'
  | 'signature_invalid'
  | 'route_unknown'
  | 'method_not_allowed'
  | 'account_unknown'
  | 'user_unknown'
  | 'feature_unknown'
  | 'plan_unknown'
  | 'offer_unknown'
  | 'quote_unknown'
  | 'upgrade_unknown'
  | 'card_unknown'
  | 'request_unknown'
  | 'override_unknown'
  | 'reservation_unknown'
  | 'delivery_unknown'
  | 'plan_managed_by_subscription'
  | 'subscription_live'
  | 'customer_taken'
  | 'quote_expired'
  | 'quote_used'
  | 'quote_stale'
  | 'upgrade_open'
  | 'upgrade_closed'
  | 'request_closed'
  | 'trial_used'
  | 'still_blocked'
  | 'subscription_not_ready'
  | 'promotion_invalid'
  | 'below_use'
  | 'billing_off'
  | 'card_missing'
  | 'billing_refused'
  | 'billing_unavailable'
  | 'idempotency_key_reused'
  | 'idempotency_key_in_use'
  | 'rate_limited'
  | 'overloaded'
  | 'storage_unavailable'
  | 'internal'

/** The body of every error: RFC 9457, media type `application/problem+json`. */
export interface Problem {
  /** `urn:softgate:problem:` and the code. */
  type: string
  code: ProblemCode
  title: string
  status: number
  /** What happened, to what, and what to do. */
  detail: string
  /** Where the request is wrong, one entry a fault; `path` as in `events[3].value`. */
  errors?: { path: string; detail: string }[]
}

import type { JsonObject } from './wire/json.ts'

/** The body of a failed call, as Stripe words it: https://docs.stripe.com/api/errors */
export interface ErrorBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'
  readonly message: string
  readonly code?: string
  readonly param?: string
  readonly decline_code?: string
  readonly payment_intent?: JsonObject
}

/** A refusal on its way to the wire. Effects of the call are undone unless `keepsEffects`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly body: ErrorBody
  readonly keepsEffects: boolean

  constructor(status: number, body: ErrorBody, keepsEffects = false) {
    super(body.message)
    this.status = status
    this.body = body
    this.keepsEffects = keepsEffects
  }
}

/** 400 about a parameter or a state that does not allow the call. */
export const invalid = (message: string, details: { readonly code?: string; readonly param?: string } = {}): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', message, ...details })

/** 404 in the path, 400 when a parameter names the missing object. */
export const missing = (what: string, id: string, param = 'id'): ApiError =>
  new ApiError(param === 'id' ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })

/** The JSON envelope of an error. */
export const toErrorJson = (body: ErrorBody): JsonObject => ({
  error: {
    ...body,
    ...(body.code && { doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` }),
  },
})

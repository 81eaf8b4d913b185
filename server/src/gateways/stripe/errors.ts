import Stripe from 'stripe'
import { ProblemError } from '../../kernel/problem.ts'

/** Whether Stripe says that the thing does not exist (any more). */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'resource_missing'

/** Whether Stripe says that no invoice is to come. */
export const isNothingUpcoming = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'invoice_upcoming_none'

/** Whether Stripe says that it does not know where the customer is, for their tax. */
export const isPlaceless = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'customer_tax_location_invalid'

/** What the host has to do at Stripe before tax can be worked out; null where that is not what is wrong. */
function missingForTax(error: unknown): string | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null
  if (isPlaceless(error))
    return 'Tax cannot be computed without a valid billing address. Add one to the customer first.'
  if (
    error.code === 'stripe_tax_inactive' ||
    /(origin|head office) address|Stripe Tax has not been/i.test(error.message)
  )
    return 'Stripe Tax is not set up in this Stripe account. Give it a head office and registrations at https://dashboard.stripe.com/settings/tax.'
  return error.message.includes('tax_behavior')
    ? 'A price at Stripe does not say whether tax is in it. Push the catalogue.'
    : null
}

/**
 * Whether Stripe says that nothing is there to pay with. Its code for that is the one of every missing thing, so its words
 * decide: https://docs.stripe.com/error-codes#resource-missing
 */
const isCardMissing = (error: unknown): boolean => isMissing(error) && /payment (source|method)/.test(String(error))

/** What a user reads of a refusal; Stripe's own words are for the log, and the cause keeps them. */
const refusal =
  'Stripe did not accept it. Nothing has changed. Ask for a new price and try again, or get in touch with us.'

/**
 * Tells "unknown" from "no". A lost reply, a 5xx, a busy key or a lock mean that the outcome is unknown and the same call
 * may be repeated; everything else Stripe answers is final and has changed nothing.
 */
export function toProblemError(error: unknown, doing: string): ProblemError {
  if (error instanceof ProblemError) return error
  const missing = missingForTax(error)
  if (missing !== null) return new ProblemError('subscription_not_ready', missing, { cause: error })
  const { StripeConnectionError, StripeAPIError, StripeRateLimitError, StripeError } = Stripe.errors
  if (isReplayed(error)) return new ProblemError('billing_refused', refusal, { cause: error })
  const busy =
    error instanceof StripeError &&
    (error.code === 'idempotency_key_in_use' || error.code === 'lock_timeout' || error.statusCode === 409)
  if (
    !(error instanceof StripeError) ||
    busy ||
    isInstance(error, [StripeConnectionError, StripeAPIError, StripeRateLimitError])
  )
    return new ProblemError(
      'billing_unavailable',
      `Stripe did not answer while ${doing}. Nothing is lost: try again.`,
      { cause: error },
    )
  if (isCardMissing(error))
    return new ProblemError('card_missing', 'There is no card to charge. Add one, then try again.', { cause: error })
  return new ProblemError('billing_refused', refusal, { cause: error })
}

/** Whether this is the stored reply to an earlier call under the same key: it will never be another. */
const isReplayed = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true'

const isInstance = (error: unknown, classes: (abstract new (...args: never[]) => unknown)[]): boolean =>
  classes.some((kind) => error instanceof kind)

/** Runs a call to Stripe; its failures come out as ProblemErrors. */
export async function calling<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toProblemError(error, doing)
  }
}

/** Reads one thing of Stripe's; null when there is no such thing. */
export const reading = <T>(doing: string, read: () => Promise<T>): Promise<T | null> =>
  calling(doing, () => read().catch((error) => (isMissing(error) ? null : Promise.reject(error))))

import Stripe from 'stripe'
import { describe, expect, it, test } from 'vitest'
import { calling, isMissing, toProblemError } from '../../../server/src/gateways/stripe/errors.ts'
import { ProblemError } from '../../../server/src/kernel/problem.ts'

const { errors } = Stripe
const of = (error: unknown) => toProblemError(error, 'changing the subscription')
const raw = (statusCode: number, rest: object = {}) => ({
  statusCode,
  message: 'No.',
  type: 'invalid_request_error' as const,
  ...rest,
})
const replayed = { headers: { 'idempotent-replayed': 'true' } }

describe('a failure of a call to Stripe', () => {
  test.each<[why: string, error: unknown]>([
    ['the reply was lost', new errors.StripeConnectionError(raw(0))],
    ['Stripe failed inside', new errors.StripeAPIError(raw(500))],
    ['there were too many calls', new errors.StripeRateLimitError(raw(429))],
    ['the same call is under way', new errors.StripeIdempotencyError(raw(409, { code: 'idempotency_key_in_use' }))],
    ['the object is locked', new errors.StripeInvalidRequestError(raw(429, { code: 'lock_timeout' }))],
    ['something else changed it at the same time', new errors.StripeInvalidRequestError(raw(409))],
    ['it was no answer of Stripe at all', new TypeError('fetch failed')],
  ])('leaves the outcome unknown when %s', (_, error) => {
    const problem = of(error)
    expect(problem).toMatchObject({ code: 'billing_unavailable', status: 503, cause: error })
  })

  test.each<[why: string, error: unknown]>([
    ['the card was declined', new errors.StripeCardError(raw(402, { code: 'card_declined' }))],
    ['the request is wrong', new errors.StripeInvalidRequestError(raw(400))],
    ['the key is wrong', new errors.StripeAuthenticationError(raw(401))],
    ['the key of the call was used for another', new errors.StripeIdempotencyError(raw(400))],
    ['it is the stored reply to an earlier failure', new errors.StripeAPIError(raw(500, replayed))],
  ])('is final when %s', (_, error) => {
    expect(of(error)).toMatchObject({ code: 'billing_refused', status: 422, cause: error })
  })

  it("is no answer for people: it says what to do, and Stripe's own words stay in the cause", () => {
    const error = new errors.StripeInvalidRequestError(raw(400, { message: 'Received unknown parameter: foo' }))
    expect(of(error).message).toMatch(/^Stripe did not accept it\. Nothing has changed\. .*try again/)
    expect(of(error).cause).toBe(error)
  })

  it('names a card that is missing, as what it is: Stripe has one code for every missing thing', () => {
    const missing = (message: string) =>
      of(new errors.StripeInvalidRequestError(raw(400, { code: 'resource_missing', message })))
    const words = 'This customer has no attached payment source or default payment method. Please consider adding one.'
    expect(missing(words)).toMatchObject({ code: 'card_missing', status: 402, message: expect.stringContaining('Add') })
    expect(missing("No such price: 'price_1'").code).toBe('billing_refused')
  })

  test.each<[what: string, error: object, way: string]>([
    ['Stripe Tax is switched off', { code: 'stripe_tax_inactive' }, 'dashboard.stripe.com/settings/tax'],
    [
      'the account has no origin address',
      { message: 'You must have a valid origin address to enable automatic tax calculation in test mode.' },
      'Give it a head office and registrations',
    ],
    ['nobody knows where the customer is', { code: 'customer_tax_location_invalid' }, 'Add one to the customer'],
    ['a price says nothing of tax', { message: 'Set the tax_behavior of price_1.' }, 'Push the catalogue'],
  ])('says what to do before tax can be worked out when %s', (_, error, way) => {
    const problem = of(new errors.StripeInvalidRequestError(raw(400, error)))
    expect(problem).toMatchObject({ code: 'subscription_not_ready', message: expect.stringContaining(way) })
  })

  it('that is a problem of ours already stays as it is', () => {
    const ours = new ProblemError('quote_stale', 'The price has changed.')
    expect(of(ours)).toBe(ours)
  })

  it('is told apart from something that does not exist', () => {
    expect(isMissing(new errors.StripeInvalidRequestError(raw(404, { code: 'resource_missing' })))).toBe(true)
    expect([new errors.StripeInvalidRequestError(raw(404)), { code: 'resource_missing' }, null].map(isMissing)).toEqual(
      [false, false, false],
    )
  })

  it('comes out of a call as a problem; an answer comes out as it is', async () => {
    expect(await calling('asking', async () => 7)).toBe(7)
    const failing = calling('asking', () => Promise.reject(new errors.StripeAPIError(raw(500))))
    await expect(failing).rejects.toMatchObject({
      code: 'billing_unavailable',
      message: expect.stringContaining('asking'),
    })
  })
})

import { refund } from '../billing/refunds.ts'
import { invalid } from '../errors.ts'
import type { ChargeRecord } from '../state/money-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { clearable, integer, mergeMetadata, metadata, oneOf, range, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

interface Named {
  readonly charge: string | undefined
  readonly payment_intent: string | undefined
}

function chargeOf(world: World, { charge, payment_intent }: Named): ChargeRecord {
  if (charge !== undefined) return find(world, 'charge', charge, 'charge')
  if (payment_intent === undefined) {
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.')
  }
  const { latest_charge } = find(world, 'payment_intent', payment_intent, 'payment_intent')
  if (latest_charge) return find(world, 'charge', latest_charge)
  throw invalid(`This PaymentIntent (${payment_intent}) does not have a successful charge to refund.`, {
    param: 'payment_intent',
  })
}

/** https://docs.stripe.com/api/refunds: to cards, which succeed at once. */
export const refundRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/refunds',
    {
      amount: integer(),
      charge: text(),
      metadata: clearable(metadata()),
      payment_intent: text(),
      reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
    },
    ({ world, params }) =>
      render(
        world,
        refund(world, chargeOf(world, params), {
          amount: params.amount,
          metadata: mergeMetadata({}, params.metadata),
          reason: params.reason ?? null,
        }),
      ),
  ),
  route('GET', '/v1/refunds/:id', {}, ({ world, id }) => render(world, find(world, 'refund', id))),
  route(
    'GET',
    '/v1/refunds',
    { ...LIST_PARAMS, charge: text(), created: range(), payment_intent: text() },
    ({ world, params }) => {
      const found = newestFirst(world, 'refund').filter(
        (one) =>
          matches(params.charge, one.charge) &&
          matches(params.payment_intent, one.payment_intent) &&
          (params.created?.(one.created) ?? true),
      )
      return page('/v1/refunds', found, params, (one) => render(world, one))
    },
  ),
]

/** https://docs.stripe.com/api/charges: those that payments made. */
export const chargeRoutes: readonly Route[] = [
  route('GET', '/v1/charges/:id', {}, ({ world, id }) => render(world, find(world, 'charge', id))),
  route(
    'GET',
    '/v1/charges',
    { ...LIST_PARAMS, created: range(), customer: text(), payment_intent: text() },
    ({ world, params }) => {
      const found = newestFirst(world, 'charge').filter(
        (one) =>
          matches(params.customer, one.customer) &&
          matches(params.payment_intent, one.payment_intent) &&
          (params.created?.(one.created) ?? true),
      )
      return page('/v1/charges', found, params, (one) => render(world, one))
    },
  ),
]

import { LIST_PARAMS, page } from '../wire/lists.ts'
import { text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

/** https://docs.stripe.com/api/disputes: opened and decided by the sandbox's controls. */
export const disputeRoutes: readonly Route[] = [
  route('GET', '/v1/disputes/:id', {}, ({ world, id }) => render(world, find(world, 'dispute', id))),
  route('GET', '/v1/disputes', { ...LIST_PARAMS, charge: text(), payment_intent: text() }, ({ world, params }) => {
    const found = newestFirst(world, 'dispute').filter(
      (one) => matches(params.charge, one.charge) && matches(params.payment_intent, one.payment_intent),
    )
    return page('/v1/disputes', found, params, (one) => render(world, one))
  }),
]

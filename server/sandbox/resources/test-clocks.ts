import { endSubscription } from '../billing/ending.ts'
import { invalid } from '../errors.ts'
import type { TestClockRecord } from '../state/event-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { integer, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, newestFirst } from './shared.ts'

const DAY = 86_400

function moveTo(world: World, frozen: number): void {
  const now = world.seconds()
  if (frozen >= now) world.advance((frozen - now) * 1000)
  else throw invalid('A test clock can only go forward, and the sandbox has one time.', { param: 'frozen_time' })
}

/**
 * https://docs.stripe.com/api/test_clocks. Every test clock is the sandbox's own clock: whoever advances one advances all.
 * What falls due is brought about before the next request, which finds the clock ready.
 */
export const testClockRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/test_helpers/test_clocks',
    { frozen_time: required(integer()), name: text() },
    ({ world, params }) => {
      const created = world.seconds()
      moveTo(world, params.frozen_time)
      const clock: TestClockRecord = {
        id: world.nextId('clock'),
        object: 'test_helpers.test_clock',
        created,
        deletes_after: created + 30 * DAY,
        name: params.name ?? null,
      }
      world.store.put('test_clock', clock)
      emit(world, 'test_helpers.test_clock.created', clock)
      return render(world, clock)
    },
  ),
  route('GET', '/v1/test_helpers/test_clocks/:id', {}, ({ world, id }) => render(world, find(world, 'test_clock', id))),
  route(
    'POST',
    '/v1/test_helpers/test_clocks/:id/advance',
    { frozen_time: required(integer()) },
    ({ world, params, id }) => {
      const clock = find(world, 'test_clock', id)
      moveTo(world, params.frozen_time)
      emit(world, 'test_helpers.test_clock.advancing', clock)
      emit(world, 'test_helpers.test_clock.ready', clock)
      return { ...render(world, clock), status: 'advancing' }
    },
  ),
  route('DELETE', '/v1/test_helpers/test_clocks/:id', {}, ({ world, id }) => {
    find(world, 'test_clock', id)
    for (const customer of world.store.all('customer')) {
      if (customer.test_clock !== id) continue
      for (const subscription of world.store.all('subscription')) {
        if (subscription.customer !== customer.id || subscription.ended_at !== null) continue
        endSubscription(world, subscription, { invoiceNow: false, prorate: false })
      }
      world.store.put('customer', { ...customer, deleted: true })
    }
    world.store.remove('test_clock', id)
    return { id, object: 'test_helpers.test_clock', deleted: true }
  }),
  route('GET', '/v1/test_helpers/test_clocks', LIST_PARAMS, ({ world, params }) =>
    page('/v1/test_helpers/test_clocks', newestFirst(world, 'test_clock'), params, (clock) => render(world, clock)),
  ),
]

import { invalid } from '../errors.ts'
import type { EventRecord, WebhookEndpointRecord } from '../state/event-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { clearable, flag, list, mergeMetadata, metadata, range, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, newestFirst } from './shared.ts'

/** True once every endpoint that wanted the event has it. */
const delivered = (world: World, event: EventRecord): boolean =>
  world.store.all('delivery').every((delivery) => delivery.event !== event.id || delivery.state === 'delivered')

/** https://docs.stripe.com/api/events */
export const eventRoutes: readonly Route[] = [
  route('GET', '/v1/events/:id', {}, ({ world, id }) => render(world, find(world, 'event', id))),
  route(
    'GET',
    '/v1/events',
    { ...LIST_PARAMS, created: range(), delivery_success: flag(), type: text(), types: list(text()) },
    ({ world, params }) => {
      const found = newestFirst(world, 'event').filter(
        (event) =>
          (params.type === undefined || ofType(event.type, params.type)) &&
          (params.types?.some((type) => ofType(event.type, type)) ?? true) &&
          (params.created?.(event.created) ?? true) &&
          (params.delivery_success === undefined || delivered(world, event) === params.delivery_success),
      )
      return page('/v1/events', found, params, (event) => render(world, event))
    },
  ),
]

const ofType = (type: string, wanted: string): boolean =>
  wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
    code: 'url_invalid',
    param: 'url',
  })
}

/** https://docs.stripe.com/api/webhook_endpoints; plain http is allowed, as receivers are local. */
export const webhookEndpointRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/webhook_endpoints',
    {
      api_version: text(),
      description: clearable(text()),
      enabled_events: required(list(text())),
      metadata: clearable(metadata()),
      url: required(text()),
    },
    ({ world, params }) => {
      const endpoint: WebhookEndpointRecord = {
        id: world.nextId('we'),
        object: 'webhook_endpoint',
        api_version: params.api_version ?? null,
        created: world.seconds(),
        description: params.description ?? null,
        enabled_events: params.enabled_events,
        metadata: mergeMetadata({}, params.metadata),
        secret: `whsec_${world.secret()}`,
        status: 'enabled',
        url: checkedUrl(params.url),
      }
      world.store.put('webhook_endpoint', endpoint)
      return { ...render(world, endpoint), secret: endpoint.secret }
    },
  ),
  route('GET', '/v1/webhook_endpoints/:id', {}, ({ world, id }) => render(world, find(world, 'webhook_endpoint', id))),
  route('GET', '/v1/webhook_endpoints', LIST_PARAMS, ({ world, params }) =>
    page('/v1/webhook_endpoints', newestFirst(world, 'webhook_endpoint'), params, (one) => render(world, one)),
  ),
  route(
    'POST',
    '/v1/webhook_endpoints/:id',
    {
      description: clearable(text()),
      disabled: flag(),
      enabled_events: list(text()),
      metadata: clearable(metadata()),
      url: text(),
    },
    ({ world, params, id }) => {
      const before = find(world, 'webhook_endpoint', id)
      const disabled = params.disabled ?? before.status === 'disabled'
      const after: WebhookEndpointRecord = {
        ...before,
        description: params.description === undefined ? before.description : params.description,
        enabled_events: params.enabled_events ?? before.enabled_events,
        metadata: mergeMetadata(before.metadata, params.metadata),
        status: disabled ? 'disabled' : 'enabled',
        url: params.url === undefined ? before.url : checkedUrl(params.url),
      }
      world.store.put('webhook_endpoint', after)
      return render(world, after)
    },
  ),
  route('DELETE', '/v1/webhook_endpoints/:id', {}, ({ world, id }) => {
    find(world, 'webhook_endpoint', id)
    world.store.remove('webhook_endpoint', id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]

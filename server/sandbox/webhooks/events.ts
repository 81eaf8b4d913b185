import type { EventRecord, WebhookEndpointRecord } from '../state/event-records.ts'
import type { Kind, Records } from '../state/records.ts'
import type { World } from '../state/world.ts'
import { changedMembers } from '../wire/json.ts'
import { API_VERSION, render } from '../wire/render.ts'

type Described = Extract<Records[Kind], { readonly object: string }>

/**
 * Writes down that `record` changed and queues the news for every endpoint that asked for it.
 * The event carries the object as it is now, and of an update what it was before:
 * https://docs.stripe.com/api/events/object
 */
export function emit(world: World, type: string, record: Described, before?: Described): void {
  const now = render(world, record)
  const data = before
    ? { object: now, previous_attributes: changedMembers(render(world, before), now) }
    : { object: now }
  const event: EventRecord = {
    id: world.nextId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: world.seconds(),
    data,
    request: world.asker,
    type,
  }
  world.store.put('event', event)
  for (const endpoint of world.store.all('webhook_endpoint')) {
    if (!wants(endpoint, type)) continue
    world.store.put('delivery', {
      id: world.nextId('whd'),
      event: event.id,
      endpoint: endpoint.id,
      attempts: 0,
      dueAt: world.now(),
      state: 'pending',
    })
  }
}

const wants = (endpoint: WebhookEndpointRecord, type: string): boolean =>
  endpoint.status === 'enabled' && (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type))

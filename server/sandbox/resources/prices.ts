import { invalid } from '../errors.ts'
import type { PriceRecord } from '../state/catalog-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  required,
  text,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const INTERVAL = oneOf('day', 'week', 'month', 'year')
const SETTINGS = {
  active: flag(),
  lookup_key: clearable(text()),
  metadata: clearable(metadata()),
  nickname: clearable(text()),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: flag(),
}
const CREATE = {
  ...SETTINGS,
  billing_scheme: oneOf('per_unit'),
  currency: required(currencyCode()),
  product: text(),
  product_data: object({ id: text(), metadata: metadata(), name: required(text()) }),
  recurring: object({
    interval: required(INTERVAL),
    interval_count: integer(),
    trial_period_days: whole(),
    usage_type: oneOf('licensed'),
  }),
  unit_amount: required(whole()),
}

/** Makes sure a lookup key names one price only, moving it if asked to. */
function claimLookupKey(world: World, key: string | null | undefined, id: string, transfer: boolean): void {
  const holder = key && world.store.all('price').find((price) => price.lookup_key === key && price.id !== id)
  if (!holder) return
  if (!transfer) {
    throw invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, { param: 'lookup_key' })
  }
  const freed = { ...holder, lookup_key: null }
  world.store.put('price', freed)
  emit(world, 'price.updated', freed, holder)
}

function productFor(
  world: World,
  product: string | undefined,
  made: { id?: string | undefined; name: string } | undefined,
): string {
  if (product !== undefined) return find(world, 'product', product, 'product').id
  if (!made)
    throw invalid('You must provide one of `product` or `product_data`.', {
      code: 'parameter_missing',
      param: 'product',
    })
  const id = made.id ?? world.nextId('prod')
  const at = world.seconds()
  const record = { id, object: 'product' as const, active: true, created: at, updated: at, name: made.name }
  const stored = { ...record, description: null, metadata: {}, unit_label: null }
  world.store.put('product', stored)
  emit(world, 'product.created', stored)
  return id
}

/** https://docs.stripe.com/api/prices: licensed, per unit, whole minor units. */
export const priceRoutes: readonly Route[] = [
  route('POST', '/v1/prices', CREATE, ({ world, params }) => {
    const id = world.nextId('price')
    claimLookupKey(world, params.lookup_key, id, params.transfer_lookup_key ?? false)
    const price: PriceRecord = {
      id,
      object: 'price',
      active: params.active ?? true,
      created: world.seconds(),
      currency: params.currency,
      lookup_key: params.lookup_key ?? null,
      metadata: mergeMetadata({}, params.metadata),
      nickname: params.nickname ?? null,
      product: productFor(world, params.product, params.product_data),
      recurring: params.recurring
        ? {
            interval: params.recurring.interval,
            interval_count: params.recurring.interval_count ?? 1,
            trial_period_days: params.recurring.trial_period_days ?? null,
          }
        : null,
      tax_behavior: params.tax_behavior ?? 'unspecified',
      unit_amount: params.unit_amount,
    }
    world.store.put('price', price)
    emit(world, 'price.created', price)
    return render(world, price)
  }),
  route('GET', '/v1/prices/:id', {}, ({ world, id }) => render(world, find(world, 'price', id))),
  route('POST', '/v1/prices/:id', SETTINGS, ({ world, params, id }) => {
    const before = find(world, 'price', id)
    claimLookupKey(world, params.lookup_key, id, params.transfer_lookup_key ?? false)
    const after: PriceRecord = {
      ...before,
      active: params.active ?? before.active,
      lookup_key: params.lookup_key === undefined ? before.lookup_key : params.lookup_key,
      metadata: mergeMetadata(before.metadata, params.metadata),
      nickname: params.nickname === undefined ? before.nickname : params.nickname,
      tax_behavior: params.tax_behavior ?? before.tax_behavior,
    }
    world.store.put('price', after)
    emit(world, 'price.updated', after, before)
    return render(world, after)
  }),
  route(
    'GET',
    '/v1/prices',
    {
      ...LIST_PARAMS,
      active: flag(),
      created: range(),
      currency: currencyCode(),
      lookup_keys: list(text()),
      product: text(),
      recurring: object({ interval: INTERVAL, usage_type: oneOf('licensed') }),
      type: oneOf('one_time', 'recurring'),
    },
    ({ world, params }) => {
      const found = newestFirst(world, 'price').filter(
        (price) =>
          matches(params.active, price.active) &&
          matches(params.currency, price.currency) &&
          matches(params.product, price.product) &&
          matches(params.type, price.recurring ? 'recurring' : 'one_time') &&
          matches(params.recurring?.interval, price.recurring?.interval) &&
          (params.created?.(price.created) ?? true) &&
          (!params.lookup_keys || (price.lookup_key !== null && params.lookup_keys.includes(price.lookup_key))),
      )
      return page('/v1/prices', found, params, (price) => render(world, price))
    },
  ),
]

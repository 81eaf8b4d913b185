import { invalid } from '../errors.ts'
import type { ProductRecord } from '../state/catalog-records.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { clearable, flag, list, mergeMetadata, metadata, range, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const SETTINGS = {
  active: flag(),
  description: clearable(text()),
  metadata: clearable(metadata()),
  unit_label: clearable(text()),
}

/** https://docs.stripe.com/api/products */
export const productRoutes: readonly Route[] = [
  route('POST', '/v1/products', { ...SETTINGS, id: text(), name: required(text()) }, ({ world, params }) => {
    if (params.id && world.store.get('product', params.id)) {
      throw invalid(`Product already exists: ${params.id}`, { code: 'resource_already_exists', param: 'id' })
    }
    const product: ProductRecord = {
      id: params.id ?? world.nextId('prod'),
      object: 'product',
      active: params.active ?? true,
      created: world.seconds(),
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name,
      unit_label: params.unit_label ?? null,
      updated: world.seconds(),
    }
    world.store.put('product', product)
    emit(world, 'product.created', product)
    return render(world, product)
  }),
  route('GET', '/v1/products/:id', {}, ({ world, id }) => render(world, find(world, 'product', id))),
  route('POST', '/v1/products/:id', { ...SETTINGS, name: text() }, ({ world, params, id }) => {
    const before = find(world, 'product', id)
    const after: ProductRecord = {
      ...before,
      active: params.active ?? before.active,
      description: params.description === undefined ? before.description : params.description,
      metadata: mergeMetadata(before.metadata, params.metadata),
      name: params.name ?? before.name,
      unit_label: params.unit_label === undefined ? before.unit_label : params.unit_label,
      updated: world.seconds(),
    }
    world.store.put('product', after)
    emit(world, 'product.updated', after, before)
    return render(world, after)
  }),
  route(
    'GET',
    '/v1/products',
    { ...LIST_PARAMS, active: flag(), created: range(), ids: list(text()) },
    ({ world, params }) => {
      const found = newestFirst(world, 'product').filter(
        (product) =>
          matches(params.active, product.active) &&
          (params.created?.(product.created) ?? true) &&
          (params.ids?.includes(product.id) ?? true),
      )
      return page('/v1/products', found, params, (product) => render(world, product))
    },
  ),
]

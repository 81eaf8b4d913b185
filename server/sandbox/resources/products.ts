import { invalid } from '../errors.ts'
import type { ProductRecord } from '../state/catalog-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { clearable, flag, list, mergeMetadata, metadata, range, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const SETTINGS = {
  active: flag(),
  default_price: text(),
  description: clearable(text()),
  metadata: clearable(metadata()),
  tax_code: clearable(text()),
  unit_label: clearable(text()),
}

/** A product of which only the name is known. */
export const newProduct = (world: World, id: string | undefined, name: string): ProductRecord => ({
  id: id ?? world.nextId('prod'),
  object: 'product',
  active: true,
  created: world.seconds(),
  default_price: null,
  description: null,
  metadata: {},
  name,
  tax_code: null,
  unit_label: null,
  updated: world.seconds(),
})

/** https://docs.stripe.com/api/products */
export const productRoutes: readonly Route[] = [
  route('POST', '/v1/products', { ...SETTINGS, id: text(), name: required(text()) }, ({ world, params }) => {
    if (params.id && world.store.get('product', params.id)) {
      throw invalid(`Product already exists: ${params.id}`, { code: 'resource_already_exists', param: 'id' })
    }
    const product: ProductRecord = {
      ...newProduct(world, params.id, params.name),
      active: params.active ?? true,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      tax_code: params.tax_code ?? null,
      unit_label: params.unit_label ?? null,
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
      default_price: params.default_price
        ? find(world, 'price', params.default_price, 'default_price').id
        : before.default_price,
      description: params.description === undefined ? before.description : params.description,
      metadata: mergeMetadata(before.metadata, params.metadata),
      name: params.name ?? before.name,
      tax_code: params.tax_code === undefined ? before.tax_code : params.tax_code,
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

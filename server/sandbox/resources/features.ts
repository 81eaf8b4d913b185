import { invalid } from '../errors.ts'
import type { FeatureRecord, ProductFeatureRecord } from '../state/catalog-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { clearable, flag, mergeMetadata, metadata, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

/** https://docs.stripe.com/api/entitlements/feature and https://docs.stripe.com/api/product-feature */
export const featureRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/entitlements/features',
    { lookup_key: required(text()), metadata: metadata(), name: required(text()) },
    ({ world, params }) => {
      if (world.store.all('feature').some(({ lookup_key }) => lookup_key === params.lookup_key))
        throw invalid('A feature with the same `lookup_key` already exists.', { param: 'lookup_key' })
      const feature: FeatureRecord = {
        id: world.nextId('feat'),
        object: 'entitlements.feature',
        active: true,
        lookup_key: params.lookup_key,
        metadata: mergeMetadata({}, params.metadata),
        name: params.name,
      }
      world.store.put('feature', feature)
      return render(world, feature)
    },
  ),
  route('GET', '/v1/entitlements/features/:id', {}, ({ world, id }) => render(world, find(world, 'feature', id))),
  route(
    'POST',
    '/v1/entitlements/features/:id',
    { active: flag(), metadata: clearable(metadata()), name: text() },
    ({ world, params, id }) => {
      const before = find(world, 'feature', id)
      const after: FeatureRecord = {
        ...before,
        active: params.active ?? before.active,
        metadata: mergeMetadata(before.metadata, params.metadata),
        name: params.name ?? before.name,
      }
      world.store.put('feature', after)
      return render(world, after)
    },
  ),
  route(
    'GET',
    '/v1/entitlements/features',
    { ...LIST_PARAMS, archived: flag(), lookup_key: text() },
    ({ world, params }) => {
      const found = newestFirst(world, 'feature').filter(
        ({ active, lookup_key }) => matches(params.archived, !active) && matches(params.lookup_key, lookup_key),
      )
      return page('/v1/entitlements/features', found, params, (feature) => render(world, feature))
    },
  ),
  route('POST', '/v1/products/:id/features', { entitlement_feature: required(text()) }, ({ world, params, id }) => {
    const product = find(world, 'product', id).id
    const feature = find(world, 'feature', params.entitlement_feature, 'entitlement_feature').id
    if (featuresOf(world, product).some((one) => one.feature === feature))
      throw invalid('This feature is already attached to this product.', { param: 'entitlement_feature' })
    const attached: ProductFeatureRecord = {
      id: world.nextId('prodft'),
      object: 'product_feature',
      feature,
      product,
    }
    world.store.put('product_feature', attached)
    return render(world, attached)
  }),
  route('GET', '/v1/products/:id/features', LIST_PARAMS, ({ world, params, id }) => {
    const product = find(world, 'product', id).id
    return page(`/v1/products/${product}/features`, featuresOf(world, product), params, (one) => render(world, one))
  }),
  route('GET', '/v1/products/:id/features/:inner', {}, ({ world, inner }) =>
    render(world, find(world, 'product_feature', inner)),
  ),
  route('DELETE', '/v1/products/:id/features/:inner', {}, ({ world, inner }) => {
    world.store.remove('product_feature', find(world, 'product_feature', inner).id)
    return { id: inner, object: 'product_feature', deleted: true }
  }),
]

const featuresOf = (world: World, product: string): ProductFeatureRecord[] =>
  newestFirst(world, 'product_feature').filter((one) => one.product === product)

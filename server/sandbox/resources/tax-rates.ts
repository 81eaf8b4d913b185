import { automaticRate } from '../billing/taxes.ts'
import type { TaxRateRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { decimal, flag, mergeMetadata, metadata, required, text, type Values } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const CREATE = {
  active: flag(),
  country: text(),
  description: text(),
  display_name: required(text()),
  inclusive: required(flag()),
  jurisdiction: text(),
  metadata: metadata(),
  percentage: required(decimal()),
  state: text(),
  tax_type: text(),
}

const create = (world: World, params: Values<typeof CREATE>): TaxRateRecord => ({
  id: world.nextId('txr'),
  object: 'tax_rate',
  active: params.active ?? true,
  country: params.country ?? null,
  created: world.seconds(),
  description: params.description ?? null,
  display_name: params.display_name,
  inclusive: params.inclusive,
  jurisdiction: params.jurisdiction ?? null,
  metadata: mergeMetadata({}, params.metadata),
  percentage: Number(params.percentage),
  state: params.state ?? null,
  tax_type: params.tax_type ?? null,
})

/** https://docs.stripe.com/api/tax_rates */
export const taxRateRoutes: readonly Route[] = [
  route('POST', '/v1/tax_rates', CREATE, ({ world, params }) => {
    const rate = create(world, params)
    world.store.put('tax_rate', rate)
    emit(world, 'tax_rate.created', rate)
    return render(world, rate)
  }),
  route('GET', '/v1/tax_rates/:id', {}, ({ world, id }) =>
    render(world, automaticRate(id) ?? find(world, 'tax_rate', id)),
  ),
  route('POST', '/v1/tax_rates/:id', { active: flag(), metadata: metadata() }, ({ world, params, id }) => {
    const before = find(world, 'tax_rate', id)
    const active = params.active ?? before.active
    const after = { ...before, active, metadata: mergeMetadata(before.metadata, params.metadata) }
    world.store.put('tax_rate', after)
    emit(world, 'tax_rate.updated', after, before)
    return render(world, after)
  }),
  route('GET', '/v1/tax_rates', { ...LIST_PARAMS, active: flag(), inclusive: flag() }, ({ world, params }) => {
    const found = newestFirst(world, 'tax_rate').filter(
      (rate) => matches(params.active, rate.active) && matches(params.inclusive, rate.inclusive),
    )
    return page('/v1/tax_rates', found, params, (rate) => render(world, rate))
  }),
]

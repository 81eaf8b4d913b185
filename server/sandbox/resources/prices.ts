import { invalid } from '../errors.ts'
import type { PriceRecord, Pricing, Recurring, Tier } from '../state/catalog-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  decimal,
  either,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  record,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { newProduct } from './products.ts'
import { find, matches, newestFirst } from './shared.ts'

const INTERVAL = oneOf('day', 'week', 'month', 'year')
const USAGE = oneOf('licensed', 'metered')
const TAX_BEHAVIOR = oneOf('exclusive', 'inclusive', 'unspecified')
const PRICING = {
  tax_behavior: TAX_BEHAVIOR,
  tiers: list(
    object({
      flat_amount: integer(),
      flat_amount_decimal: decimal(),
      unit_amount: integer(),
      unit_amount_decimal: decimal(),
      up_to: required(either(oneOf('inf'), whole())),
    }),
  ),
  unit_amount: whole(),
  unit_amount_decimal: decimal(),
}
const SETTINGS = {
  active: flag(),
  lookup_key: clearable(text()),
  metadata: clearable(metadata()),
  nickname: clearable(text()),
  tax_behavior: TAX_BEHAVIOR,
  transfer_lookup_key: flag(),
}
const OPTIONS = record(object(PRICING))
const CREATE = {
  ...SETTINGS,
  ...PRICING,
  billing_scheme: oneOf('per_unit', 'tiered'),
  currency: required(currencyCode()),
  currency_options: OPTIONS,
  product: text(),
  product_data: object({ id: text(), metadata: metadata(), name: required(text()) }),
  recurring: object({
    interval: required(INTERVAL),
    interval_count: integer(),
    meter: text(),
    trial_period_days: whole(),
    usage_type: USAGE,
  }),
  tiers_mode: oneOf('graduated', 'volume'),
  transform_quantity: object({ divide_by: required(integer()), round: required(oneOf('down', 'up')) }),
}
type Create = Values<typeof CREATE>

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

const decimalOf = (amount: number | undefined, exact: string | undefined): string | null =>
  exact ?? (amount === undefined ? null : String(amount))

function pricingOf(given: Pick<Create, keyof typeof PRICING>, param: string): Pricing {
  const tiers = given.tiers?.map(
    (tier): Tier => ({
      flat: decimalOf(tier.flat_amount, tier.flat_amount_decimal),
      unit: decimalOf(tier.unit_amount, tier.unit_amount_decimal),
      up_to: tier.up_to === 'inf' ? null : tier.up_to,
    }),
  )
  const unit = decimalOf(given.unit_amount, given.unit_amount_decimal)
  if (tiers === undefined && unit === null) {
    throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  if (tiers && tiers.at(-1)?.up_to !== null) {
    throw invalid('The last tier must have `up_to=inf`.', { param: param.replace('unit_amount', 'tiers') })
  }
  return { tax_behavior: given.tax_behavior ?? 'unspecified', tiers: tiers ?? null, unit: tiers ? null : unit }
}

function recurringOf(world: World, given: Create['recurring']): Recurring | null {
  if (!given) return null
  const metered = given.usage_type === 'metered'
  if (metered !== (given.meter !== undefined)) {
    throw invalid('A price with `usage_type=metered` needs a `meter`, and only such a price has one.', {
      param: 'recurring[meter]',
    })
  }
  return {
    interval: given.interval,
    interval_count: given.interval_count ?? 1,
    meter: given.meter === undefined ? null : find(world, 'meter', given.meter, 'recurring[meter]').id,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: given.usage_type ?? 'licensed',
  }
}

function productFor(world: World, { product, product_data: made }: Create): string {
  if (product !== undefined) return find(world, 'product', product, 'product').id
  if (!made)
    throw invalid('You must provide one of `product` or `product_data`.', {
      code: 'parameter_missing',
      param: 'product',
    })
  const stored = { ...newProduct(world, made.id, made.name), metadata: mergeMetadata({}, made.metadata) }
  world.store.put('product', stored)
  emit(world, 'product.created', stored)
  return stored.id
}

function create(world: World, params: Create): PriceRecord {
  const id = world.nextId('price')
  if ((params.billing_scheme === 'tiered') !== (params.tiers_mode !== undefined && params.tiers !== undefined)) {
    throw invalid('`billing_scheme=tiered` needs `tiers` and `tiers_mode`, and only it has them.', { param: 'tiers' })
  }
  claimLookupKey(world, params.lookup_key, id, params.transfer_lookup_key ?? false)
  const options = Object.entries(params.currency_options ?? {})
  return {
    id,
    object: 'price',
    active: params.active ?? true,
    created: world.seconds(),
    currency: params.currency,
    currency_options: Object.fromEntries(
      options.map(([code, given]) => [code, pricingOf(given, `currency_options[${code}][unit_amount]`)]),
    ),
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    pricing: pricingOf(params, 'unit_amount'),
    product: productFor(world, params),
    recurring: recurringOf(world, params.recurring),
    tiers_mode: params.tiers_mode ?? null,
    transform_quantity: params.transform_quantity ?? null,
  }
}

function checkTaxBehavior({ pricing: { tax_behavior: before } }: PriceRecord, asked: string | undefined): void {
  if (asked === undefined || before === 'unspecified' || asked === before) return
  throw invalid('The `tax_behavior` of a price cannot be changed once it is set.', { param: 'tax_behavior' })
}

const LIST = {
  ...LIST_PARAMS,
  active: flag(),
  created: range(),
  currency: currencyCode(),
  lookup_keys: list(text()),
  product: text(),
  recurring: object({ interval: INTERVAL, meter: text(), usage_type: USAGE }),
  type: oneOf('one_time', 'recurring'),
}

const listed = (price: PriceRecord, params: Values<typeof LIST>): boolean =>
  matches(params.active, price.active) &&
  matches(params.currency, price.currency) &&
  matches(params.product, price.product) &&
  matches(params.type, price.recurring ? 'recurring' : 'one_time') &&
  matches(params.recurring?.interval, price.recurring?.interval) &&
  matches<string | null | undefined>(params.recurring?.meter, price.recurring?.meter) &&
  matches(params.recurring?.usage_type, price.recurring?.usage_type) &&
  (params.created?.(price.created) ?? true) &&
  (!params.lookup_keys || (price.lookup_key !== null && params.lookup_keys.includes(price.lookup_key)))

/** https://docs.stripe.com/api/prices: a price never changes what it asks. */
export const priceRoutes: readonly Route[] = [
  route('POST', '/v1/prices', CREATE, ({ world, params }) => {
    const price = create(world, params)
    world.store.put('price', price)
    emit(world, 'price.created', price)
    return render(world, price)
  }),
  route('GET', '/v1/prices/:id', {}, ({ world, id }) => render(world, find(world, 'price', id))),
  route('POST', '/v1/prices/:id', { ...SETTINGS, currency_options: OPTIONS }, ({ world, params, id }) => {
    const before = find(world, 'price', id)
    checkTaxBehavior(before, params.tax_behavior)
    claimLookupKey(world, params.lookup_key, id, params.transfer_lookup_key ?? false)
    const options = Object.entries(params.currency_options ?? {})
    const after: PriceRecord = {
      ...before,
      active: params.active ?? before.active,
      currency_options: {
        ...before.currency_options,
        ...Object.fromEntries(
          options.map(([code, given]) => [code, pricingOf(given, `currency_options[${code}][unit_amount]`)]),
        ),
      },
      lookup_key: params.lookup_key === undefined ? before.lookup_key : params.lookup_key,
      metadata: mergeMetadata(before.metadata, params.metadata),
      nickname: params.nickname === undefined ? before.nickname : params.nickname,
      pricing: { ...before.pricing, tax_behavior: params.tax_behavior ?? before.pricing.tax_behavior },
    }
    world.store.put('price', after)
    emit(world, 'price.updated', after, before)
    return render(world, after)
  }),
  route('GET', '/v1/prices', LIST, ({ world, params }) => {
    if ((params.lookup_keys?.length ?? 0) > 10)
      throw invalid('You can specify at most 10 lookup keys.', { param: 'lookup_keys' })
    const found = newestFirst(world, 'price').filter((price) => listed(price, params))
    return page('/v1/prices', found, params, (price) => render(world, price))
  }),
]

import type { ChangeKind, Interval, Offer } from '@softgate/sdk/contract'
import { money } from '../kernel/money.ts'
import { type Bundle, isSame } from './bundle.ts'
import {
  type AddonPrice,
  addonKeyOf,
  type Catalog,
  lookupKeyOf,
  type Plan,
  type PlanPrice,
  type Term,
} from './model.ts'
import { leastOf, type Rate, rateOf, toTiers } from './rate.ts'

/** A change that an account can choose now, with what it pays for afterwards. */
export interface Sellable {
  kind: ChangeKind
  /** Whether a subscription begins with it, for as many units as are asked for. */
  starts: boolean
  /** The plan after the change, and its price. */
  plan: string
  price: SoldPrice
  /** The add-on that is added or removed. */
  addon: string | null
  /** What is paid for when `quantity` are asked for; null when nothing is. */
  after(quantity: number): Bundle | null
  offer: Offer
}

/** A price as an account meets it: the catalogue's, or the older one that it was sold at. */
export interface SoldPrice extends Term {
  /** The feature that the plan sells by the unit. */
  per: string
  rate: Rate
}

/** What an account pays for now. */
export interface Holding {
  plan: string
  interval: Interval
  currency: string
  /** Units bought, by feature. */
  quantities: Record<string, number>
  addons: Record<string, number>
  /** What this account pays by the lookup key of the price: not what the catalogue says where the price is an older one. */
  rates: Record<string, Rate>
  /** What waits for the renewal. */
  pending: Bundle | null
  trial: boolean
  /** The fresh upgrade that can be taken back. */
  fresh: string | null
}

/** An account that pays nothing yet. */
export interface Start {
  /** The plan in force: lower ones are no step up. */
  plan: string
  /** The account's own; null for the first one that the catalogue names. */
  currency: string | null
  used(feature: string): number
}

export interface OfferContext {
  catalog: Catalog
  /** Id of the account. */
  account: string
  /** Null without a live subscription to one of the catalogue's plans. */
  holding: Holding | null
  /** What a first subscription may begin with; null where one exists that has not ended. */
  start: Start | null
  /** Makes an opaque id of a text; only this server can make the same. */
  seal(text: string): string
}

const mostUnits = ({ maxQuantity = 1_000 }: Plan): number => maxQuantity

/**
 * Every change the account can choose now: more units first, then the higher plans in order, then the rest. Ids are sealed
 * descriptions: the browser learns no plan or price id, cannot make one up, and an offer that no longer stands is not found.
 */
export function sellablesFor(context: OfferContext): Sellable[] {
  const { catalog, holding } = context
  if (catalog.billing === 'off') return []
  if (holding === null) return startsFor(context)
  const held = heldOf(catalog, holding)
  if (!held) return []
  const keys = Object.keys(catalog.plans)
  const rank = keys.indexOf(holding.plan)
  const other = holding.interval === 'month' ? 'year' : 'month'
  const to = (plans: string[], interval: Interval) => plans.flatMap((key) => switchTo(context, held, key, interval))
  return [
    ...addition(context, held),
    ...to(keys.slice(rank + 1), holding.interval),
    ...to(keys.slice(rank), other),
    ...removal(context, held),
    ...to(keys.slice(0, rank), holding.interval),
    ...to(keys.slice(0, rank), other),
    ...Object.keys(catalog.addons).flatMap((key) => addonChanges(context, held, key)),
    ...settings(context, held),
  ]
}

interface Held {
  bundle: Bundle
  plan: Plan
  price: SoldPrice
}

/** What is held in the catalogue's words, at the price that is paid for it; null when the catalogue does not sell it. */
export function heldOf({ plans }: Catalog, holding: Holding): Held | null {
  const { plan: key, interval, currency, quantities, addons } = holding
  const plan = plans[key]
  const price = plan && priceIn(plan.prices, interval, currency)
  const units = price && quantities[price.per]
  if (!plan || !price || units === undefined) return null
  return {
    plan,
    price: { interval, currency, per: price.per, rate: holding.rates[lookupKeyOf(key, price)] ?? rateOf(price) },
    bundle: { plan: key, interval, units, addons },
  }
}

/** A price that an account does not have yet. */
const asSold = ({ interval, currency, per, ...rate }: PlanPrice): SoldPrice => ({
  interval,
  currency,
  per,
  rate: rateOf(rate),
})

const priceIn = <P extends AddonPrice>(prices: P[] = [], interval: Interval, currency: string): P | undefined =>
  prices.find((price) => price.interval === interval && price.currency === currency)

/** Every plan that is sold, by the month and by the year, for the units in use or more. */
function startsFor(context: OfferContext): Sellable[] {
  const { catalog, start } = context
  if (start === null || catalog.checkoutReturn === null) return []
  const plans = Object.entries(catalog.plans)
  const from = Math.max(0, Object.keys(catalog.plans).indexOf(start.plan))
  const currency = currencyOf(catalog, start.currency)
  return plans.slice(from).flatMap(([key, plan]) =>
    intervals.flatMap((interval) => {
      const price = priceIn(plan.prices, interval, currency)
      if (!price || plan.retired) return []
      const min = Math.max(1, start.used(price.per))
      const max = mostUnits(plan)
      const after = (units: number): Bundle => ({ plan: key, interval, units, addons: {} })
      const quantity = { min, max, step: 1, default: min }
      return min > max
        ? []
        : [
            sellable(context, {
              kind: 'switch',
              starts: true,
              price: asSold(price),
              after,
              quantity,
              title: plan.title,
            }),
          ]
    }),
  )
}

/** The currency in which an account reads prices: its own, else the first that the catalogue names. */
export const currencyOf = ({ plans }: Catalog, own: string | null): string =>
  own ?? Object.values(plans).flatMap(({ prices = [] }) => prices)[0]?.currency ?? 'usd'

/** The month first: it is what an account is offered unless it asks for the year. */
const intervals = ['month', 'year'] as const

function addition(context: OfferContext, { bundle, plan, price }: Held): Sellable[] {
  const max = mostUnits(plan) - bundle.units
  const after = (more: number): Bundle => ({ ...bundle, units: bundle.units + more })
  const title = context.catalog.features[price.per]?.title ?? plan.title
  const quantity = { min: 1, max, step: 1, default: 1 }
  return max < 1 ? [] : [sellable(context, { kind: 'add', price, after, quantity, title })]
}

function removal(context: OfferContext, { bundle, plan, price }: Held): Sellable[] {
  const max = bundle.units - 1
  const after = (fewer: number): Bundle => ({ ...bundle, units: bundle.units - fewer })
  const title = context.catalog.features[price.per]?.title ?? plan.title
  const quantity = { min: 1, max, step: 1, default: 1 }
  return max < 1 ? [] : [sellable(context, { kind: 'remove', price, after, quantity, title })]
}

/** To another plan or interval, for the units that are held unless others are asked for; add-ons come along. */
function switchTo(context: OfferContext, held: Held, key: string, interval: Interval): Sellable[] {
  const { catalog, holding } = context
  const plan = catalog.plans[key]
  const currency = held.price.currency
  const price = plan && priceIn(plan.prices, interval, currency)
  if (
    !plan ||
    plan.retired ||
    !price ||
    holding?.quantities[price.per] === undefined ||
    held.bundle.units > mostUnits(plan)
  )
    return []
  const along = Object.keys(held.bundle.addons).every((addon) =>
    fits(catalog, addon, { plan: key, interval, currency }),
  )
  if (!along) return []
  const after = (units: number): Bundle => ({ ...held.bundle, plan: key, interval, units })
  const quantity = { min: 1, max: mostUnits(plan), step: 1, default: held.bundle.units }
  return [sellable(context, { kind: 'switch', price: asSold(price), after, quantity, title: plan.title })]
}

const fits = (
  { addons }: Catalog,
  key: string,
  { plan, interval, currency }: { plan: string; interval: Interval; currency: string },
): boolean => {
  const addon = addons[key]
  return (
    addon !== undefined &&
    priceIn(addon.prices, interval, currency) !== undefined &&
    (addon.plans ?? [plan]).includes(plan)
  )
}

function addonChanges(context: OfferContext, { bundle, price: planPrice }: Held, key: string): Sellable[] {
  const { catalog, holding } = context
  const addon = catalog.addons[key]
  const { interval, currency } = planPrice
  const price = addon && priceIn(addon.prices, interval, currency)
  if (!addon || !price || !holding || !fits(catalog, key, { plan: bundle.plan, interval, currency })) return []
  const present = bundle.addons[key] ?? 0
  const after = (by: number): Bundle => {
    const { [key]: _, ...others } = bundle.addons
    return { ...bundle, addons: present + by > 0 ? { ...others, [key]: present + by } : others }
  }
  const rate = holding.rates[addonKeyOf(key, price)] ?? rateOf(price)
  const parts = { price: { ...planPrice, rate }, addon: key, title: addon.title }
  const range = (max: number) => ({ min: 1, max, step: 1, default: 1 })
  const more = (addon.maxQuantity ?? 1) - present
  return [
    ...(more < 1 ? [] : [sellable(context, { ...parts, kind: 'add' as const, after, quantity: range(more) })]),
    ...(present < 1
      ? []
      : [
          sellable(context, {
            ...parts,
            kind: 'remove' as const,
            after: (fewer) => after(-fewer),
            quantity: range(present),
          }),
        ]),
  ]
}

/** What is done to the subscription as a whole: ending it, keeping it after all, and dropping what waits for the renewal. */
function settings(context: OfferContext, { bundle, plan, price }: Held): Sellable[] {
  const parts = { price, title: plan.title, quantity: null }
  const same = () => bundle
  const { pending = null, trial = false, fresh = null } = context.holding ?? {}
  // Where what waits is another price alone, there is nothing that the account could undo.
  const dropped = pending && !isSame(pending, bundle) ? JSON.stringify(pending) : null
  const undone = pending ? dropped : fresh
  return [
    ...(trial ? [sellable(context, { ...parts, kind: 'convert', after: same })] : []),
    ...(undone === null ? [] : [sellable(context, { ...parts, kind: 'undo', after: same, what: undone })]),
    sellable(context, { ...parts, kind: 'resume', after: same }),
    sellable(context, { ...parts, kind: 'cancel', after: () => null }),
  ]
}

const unitOf = ({ catalog }: OfferContext, { per }: SoldPrice): string | null => {
  const feature = catalog.features[per]
  return feature?.kind === 'metered' ? feature.unit.one : null
}

interface Parts extends Pick<Sellable, 'kind' | 'price' | 'after'> {
  starts?: boolean
  addon?: string
  quantity: Offer['quantity']
  title: string
  /** What else tells this offer from others of its kind. */
  what?: string
}

function sellable(context: OfferContext, parts: Parts): Sellable {
  const { kind, price, after, starts = false, addon = null, quantity, title, what = '' } = parts
  const { interval, currency, rate, per } = price
  const plan = after(quantity?.default ?? 1)?.plan ?? context.holding?.plan ?? ''
  const told = [
    context.account,
    starts ? 'start' : kind,
    plan,
    addon ?? per,
    interval,
    currency,
    JSON.stringify(rate),
    what,
  ]
  const id = `off_${context.seal(told.join('\n'))}`
  const unit = addon === null ? unitOf(context, price) : null
  const tiers = toTiers(rate, currency, unit)
  const offer: Offer = {
    id,
    kind,
    title,
    price: money(leastOf(rate), currency),
    ...(tiers && { tiers }),
    interval,
    quantity,
    unit,
  }
  return { kind, starts, plan, price, addon, after, offer }
}

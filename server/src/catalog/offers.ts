import type { Interval, Offer } from '@softgate/sdk/contract'
import { money } from '../kernel/money.ts'
import type { Catalog, Plan, PlanPrice } from './model.ts'

/** Something an account can buy: more units of what its plan sells, a higher plan for the units it has, or its first plan. */
export interface Sellable {
  kind: 'add' | 'switch'
  /** Whether a subscription begins with it, for as many units as are asked for. */
  starts: boolean
  /** The plan after the change. */
  plan: string
  price: PlanPrice
  /** Units after the change, when `quantity` are asked for: more of them, or all of them where a subscription begins. */
  unitsAfter(quantity: number): number
  offer: Offer
}

/** What an account pays for now. */
export interface Holding {
  plan: string
  interval: Interval
  currency: string
  /** Units bought, by feature. */
  quantities: Record<string, number>
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

/**
 * What the account can buy now, more units first, then the higher plans in order. Ids are sealed descriptions: the browser
 * learns no plan or price id, cannot make one up, and an offer that no longer stands is simply not found.
 */
export function sellablesFor(context: OfferContext): Sellable[] {
  const { catalog, holding } = context
  if (catalog.billing === 'off') return []
  if (holding === null) return startsFor(context)
  const plans = Object.entries(catalog.plans)
  const rank = plans.findIndex(([key]) => key === holding.plan)
  return plans.slice(rank).flatMap(([key, plan]) => {
    const price = plan.prices?.find(
      (candidate) => candidate.interval === holding.interval && candidate.currency === holding.currency,
    )
    if (rank < 0 || !price || holding.quantities[price.per] === undefined) return []
    return [key === holding.plan ? addition(context, key, plan, price) : promotion(context, key, plan, price)].flat()
  })
}

/** Every plan that is sold, by the month and by the year, for the units in use or more. */
function startsFor(context: OfferContext): Sellable[] {
  const { catalog, start } = context
  if (start === null || catalog.checkoutReturn === null) return []
  const plans = Object.entries(catalog.plans)
  const from = Math.max(0, Object.keys(catalog.plans).indexOf(start.plan))
  const currency = start.currency ?? plans.flatMap(([, { prices = [] }]) => prices)[0]?.currency
  return plans.slice(from).flatMap(([key, plan]) =>
    intervals.flatMap((interval) => {
      const price = plan.prices?.find((one) => one.interval === interval && one.currency === currency)
      if (!price) return []
      const min = Math.max(1, start.used(price.per))
      const max = plan.maxQuantity ?? 1_000
      const quantity = { min, max, step: 1, default: min }
      const parts = { kind: 'switch' as const, starts: true, key, price, units: 0, quantity, title: plan.title }
      return min > max ? [] : [sellable(context, parts)]
    }),
  )
}

/** The month first: it is what an account is offered unless it asks for the year. */
const intervals = ['month', 'year'] as const

function addition(context: OfferContext, key: string, plan: Plan, price: PlanPrice): Sellable[] {
  const units = context.holding?.quantities[price.per] ?? 0
  const max = (plan.maxQuantity ?? 1_000) - units
  if (max < 1) return []
  const quantity = { min: 1, max, step: 1, default: 1 }
  return [
    sellable(context, {
      kind: 'add',
      key,
      price,
      units,
      quantity,
      title: context.catalog.features[price.per]?.title ?? plan.title,
    }),
  ]
}

function promotion(context: OfferContext, key: string, plan: Plan, price: PlanPrice): Sellable[] {
  const units = context.holding?.quantities[price.per] ?? 0
  if (units > (plan.maxQuantity ?? 1_000)) return []
  return [sellable(context, { kind: 'switch', key, price, units, quantity: null, title: plan.title })]
}

const unitOf = ({ catalog }: OfferContext, { per }: PlanPrice): string | null => {
  const feature = catalog.features[per]
  return feature?.kind === 'metered' ? feature.unit.one : null
}

interface Parts {
  kind: 'add' | 'switch'
  starts?: boolean
  key: string
  price: PlanPrice
  units: number
  quantity: Offer['quantity']
  title: string
}

function sellable(
  context: OfferContext,
  { kind, starts = false, key, price, units, quantity, title }: Parts,
): Sellable {
  const { account, seal } = context
  const { interval, currency, unitAmount, per } = price
  const id = `off_${seal([account, starts ? 'start' : kind, key, per, interval, currency, unitAmount].join('\n'))}`
  const unit = unitOf(context, price)
  return {
    kind,
    starts,
    plan: key,
    price,
    unitsAfter: (asked) => (starts ? asked : kind === 'add' ? units + asked : units),
    offer: { id, kind, title, price: money(unitAmount, currency), interval, quantity, unit },
  }
}

/**
 * The smallest thing to buy after which `quantity` more units of the feature are allowed: more units where the plan sells
 * them, else the first higher plan that grants enough. Null when nothing on sale would help.
 */
export function offerFor(
  context: OfferContext,
  feature: string,
  used: number,
  quantity: number,
): { sellable: Sellable; quantity: number } | null {
  for (const candidate of sellablesFor(context)) {
    if (candidate.kind === 'add') {
      if (candidate.price.per !== feature) continue
      const missing = Math.max(1, used + quantity - candidate.unitsAfter(0))
      if (missing <= (candidate.offer.quantity?.max ?? 0))
        return { sellable: withDefault(candidate, missing), quantity: missing }
      continue
    }
    const grant = context.catalog.plans[candidate.plan]?.grants[feature]
    if (candidate.starts && grant === 'purchased') {
      const { min, max } = candidate.offer.quantity ?? { min: 1, max: 0 }
      const needed = candidate.price.per === feature ? Math.max(min, used + quantity) : max + 1
      if (needed <= max) return { sellable: withDefault(candidate, needed), quantity: needed }
      continue
    }
    const enough = typeof grant === 'number' ? used + quantity <= grant : grant !== undefined && grant !== 'purchased'
    if (enough) return { sellable: candidate, quantity: candidate.unitsAfter(candidate.offer.quantity?.default ?? 0) }
  }
  return null
}

const withDefault = (candidate: Sellable, quantity: number): Sellable => {
  const range = candidate.offer.quantity
  return range ? { ...candidate, offer: { ...candidate.offer, quantity: { ...range, default: quantity } } } : candidate
}

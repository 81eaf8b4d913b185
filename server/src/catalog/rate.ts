import type { PriceTiers } from '@softgate/sdk/contract'
import { formatMoney, money } from '../kernel/money.ts'

/** What units cost, in minor units: so much each, or by tiers. */
export type Rate = PerUnit | Tiered

interface PerUnit {
  unitAmount: number
  /** Units that the amount is for, such as 1,000; each such package that is begun costs it. 1 when left out. */
  units?: number
  mode?: never
  tiers?: never
}

export interface Tiered {
  /** `graduated`: each unit at the amount of its own tier. `volume`: all units at that of the tier that their number reaches. */
  mode: 'graduated' | 'volume'
  tiers: readonly Tier[]
  unitAmount?: never
  units?: never
}

/** A step of a tiered price. Amounts in minor units. */
export interface Tier {
  /** The last unit in it; null in the last tier, which has no end. */
  upTo: number | null
  /** Of each unit in it. */
  unit: number
  /** Once, for reaching it; 0 when left out. */
  flat?: number
}

/** The rate alone, in one spelling: two that mean the same are the same JSON. */
export const rateOf = ({ unitAmount, units = 1, mode, tiers }: Rate): Rate =>
  tiers === undefined
    ? { unitAmount, ...(units !== 1 && { units }) }
    : { mode, tiers: tiers.map(({ upTo, unit, flat = 0 }) => ({ upTo, unit, ...(flat !== 0 && { flat }) })) }

export const sameRate = (a: Rate, b: Rate): boolean => JSON.stringify(rateOf(a)) === JSON.stringify(rateOf(b))

/** A part of a number of units (or of packages of them), all at one amount. */
interface Part {
  units: number
  unit: number
  flat: number
}

/** How a number of units is billed, tier by tier. */
export function partsOf(rate: Rate, units: number): Part[] {
  if (rate.tiers === undefined) return [{ units: Math.ceil(units / (rate.units ?? 1)), unit: rate.unitAmount, flat: 0 }]
  const reaches = ({ upTo }: Tier): boolean => upTo === null || units <= upTo
  if (rate.mode === 'volume') {
    const { unit, flat = 0 } = rate.tiers.find(reaches) ?? { unit: 0 }
    return [{ units, unit, flat }]
  }
  const last = rate.tiers.findIndex(reaches)
  return rate.tiers.slice(0, last + 1).map(({ upTo, unit, flat = 0 }, index) => {
    const below = rate.tiers[index - 1]?.upTo ?? 0
    return { units: Math.min(units, upTo ?? units) - below, unit, flat }
  })
}

/** What a number of units comes to by the catalogue, before discounts and tax. What is charged is for Stripe to say. */
export const costOf = (rate: Rate, units: number): number =>
  partsOf(rate, units).reduce((sum, { units: part, unit, flat }) => sum + part * unit + flat, 0)

const hasFlat = (tiers: readonly Tier[]): boolean => tiers.some(({ flat = 0 }) => flat !== 0)

/** What a price is named after: the least that a unit can cost, or where tiers have amounts of their own, the least that is paid. */
export function leastOf(rate: Rate): number {
  if (rate.tiers === undefined) return rate.unitAmount
  return hasFlat(rate.tiers) ? costOf(rate, 1) : Math.min(...rate.tiers.map(({ unit }) => unit))
}

/** A rate in a few words: `$12.00 a seat`, `from $8.00 a seat`, `from $50.00`; without a word for the unit the amount stands alone. */
export function rateWords(rate: Rate, currency: string, unit: string | null): string {
  const { tiers } = rate
  const least = leastOf(rate)
  const words = `${formatMoney(money(least, currency))}${unit === null || (tiers && hasFlat(tiers)) ? '' : ` a ${unit}`}`
  return tiers?.some((tier) => tier.flat || tier.unit !== least) ? `from ${words}` : words
}

/** A rate for what is counted by the thousand as well: `$1.00 for 1,000 calls`, `$0.05 a call`. */
export function useRateWords(rate: Rate, currency: string, { one, other }: { one: string; other: string }): string {
  if (rate.tiers !== undefined || rate.units === undefined || rate.units === 1) return rateWords(rate, currency, one)
  return `${formatMoney(money(rate.unitAmount, currency))} for ${rate.units.toLocaleString('en')} ${other}`
}

/** How a number of units comes to its price: `10 at $12.00, 2 at $8.00`; for a plain rate `$12.00 a seat`. */
export function breakdownWords(rate: Rate, units: number, currency: string, unit: string | null): string {
  if (rate.tiers === undefined) return rateWords(rate, currency, unit)
  const say = (amount: number): string => formatMoney(money(amount, currency))
  return partsOf(rate, units)
    .map((part) => `${part.units} at ${say(part.unit)}${part.flat === 0 ? '' : ` plus ${say(part.flat)}`}`)
    .join(', ')
}

/** The tiers of a rate as data for those who show them; undefined where a unit has one amount. */
export const toTiers = (rate: Rate, currency: string, unit: string | null): PriceTiers | undefined =>
  rate.tiers && {
    mode: rate.mode,
    text: rateWords(rate, currency, unit),
    steps: rate.tiers.map(({ upTo, unit: each, flat = 0 }) => ({
      upTo,
      unit: money(each, currency),
      flat: money(flat, currency),
    })),
  }

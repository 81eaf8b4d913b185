import { invalid } from '../errors.ts'
import type { TaxRateRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'

// Value added tax by country, in percent, for `automatic_tax`: made for tries, not for books.
const PERCENT_BY_COUNTRY: Readonly<Record<string, number>> = {
  AT: 20,
  AU: 10,
  BE: 21,
  CH: 8.1,
  DE: 19,
  DK: 25,
  ES: 21,
  FI: 25.5,
  FR: 20,
  GB: 20,
  IE: 23,
  IT: 22,
  JP: 10,
  LU: 17,
  NL: 21,
  NO: 25,
  PL: 23,
  PT: 23,
  SE: 25,
}

/** Where a customer is taxed, or how not. */
export interface TaxPlace {
  readonly country: string | null
  readonly exempt: 'none' | 'exempt' | 'reverse'
}

/** How an invoice is taxed: by the given rates, or by where the customer is. */
export interface TaxSetting {
  readonly automatic: boolean
  readonly rates: readonly string[]
}

/** A tax on one line, in minor units. */
export interface LineTax {
  readonly amount: number
  readonly rate: string
  readonly inclusive: boolean
  readonly taxable: number
}

/** True when tax is to be worked out and nobody knows where. */
export const lacksPlace = ({ automatic }: TaxSetting, place: TaxPlace): boolean =>
  automatic && place.exempt === 'none' && place.country === null

/** The refusal of tax that nobody can work out. */
export const locationInvalid = () =>
  invalid(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    { code: 'customer_tax_location_invalid', param: 'automatic_tax' },
  )

/** Refuses prices of which nobody has said whether tax is in them, where it is to be worked out. */
export function checkTaxed(world: World, { automatic }: TaxSetting, prices: readonly string[]): void {
  const unsaid = prices.find((id) => world.store.get('price', id)?.pricing.tax_behavior === 'unspecified')
  if (!automatic || unsaid === undefined) return
  throw invalid(`Automatic tax needs the \`tax_behavior\` of the price \`${unsaid}\` to be inclusive or exclusive.`, {
    param: 'automatic_tax',
  })
}

/** The taxes of an amount after discounts. Each is rounded by itself, half away from zero. */
export function taxesOn(
  world: World,
  net: number,
  behavior: string,
  setting: TaxSetting,
  place: TaxPlace,
): readonly LineTax[] {
  if (place.exempt !== 'none') return []
  return ratesFor(world, behavior, setting, place).map(({ id, inclusive, percentage }) => {
    const raw = inclusive ? (net * percentage) / (100 + percentage) : (net * percentage) / 100
    const amount = Math.sign(raw) * Math.round(Math.abs(raw))
    return { amount, rate: id, inclusive, taxable: inclusive ? net - amount : net }
  })
}

/** What is asked on top of the amounts: taxes that they do not contain. */
export const onTop = (taxes: readonly LineTax[]): number =>
  taxes.reduce((sum, { amount, inclusive }) => (inclusive ? sum : sum + amount), 0)

/** All of the taxes, contained or not. */
export const allTax = (taxes: readonly LineTax[]): number => taxes.reduce((sum, { amount }) => sum + amount, 0)

function ratesFor(world: World, behavior: string, { automatic, rates }: TaxSetting, { country }: TaxPlace) {
  if (!automatic) return rates.flatMap((id) => world.store.get('tax_rate', id) ?? [])
  return country === null ? [] : [rateOf(country, behavior === 'inclusive')]
}

/** The rate of a country. Stripe Tax makes it when it is first needed, be it for a preview: here it is always there. */
const rateOf = (country: string, inclusive: boolean): TaxRateRecord => ({
  id: `txr_auto_${country.toLowerCase()}_${inclusive ? 'inclusive' : 'exclusive'}`,
  object: 'tax_rate',
  active: false,
  country,
  created: 0,
  description: null,
  display_name: 'VAT',
  inclusive,
  jurisdiction: country,
  metadata: {},
  percentage: PERCENT_BY_COUNTRY[country] ?? 0,
  state: null,
  tax_type: 'vat',
})

/** The rate of a country by its id; undefined for any other id. */
export function automaticRate(id: string): TaxRateRecord | undefined {
  const [, country, how] = /^txr_auto_([a-z]{2})_(exclusive|inclusive)$/.exec(id) ?? []
  return country === undefined ? undefined : rateOf(country.toUpperCase(), how === 'inclusive')
}

/** A code that customers type, and what it takes off: at Stripe a coupon and its promotion code. */
export type Promotion = {
  code: string
  /** What invoices call it. */
  title: string
  lasts: 'once' | 'forever' | { months: number }
  /** Plans for which it is; all, and add-ons too, when left out. */
  plans?: readonly string[]
  /** How often it can be redeemed in all. */
  maxRedemptions?: number
  /** RFC 3339. */
  expiresAt?: string
  /** Only for who has never paid before. */
  firstPurchaseOnly?: boolean
} & (
  | { percentOff: number; amountOff?: never }
  | { percentOff?: never; amountOff: { amount: number; currency: string } }
)

/** What customers may do for themselves on Stripe's portal. What they pay for is not changed there: that needs a quote. */
export interface PortalSettings {
  /** What they may change about themselves. */
  customerUpdate: readonly ('address' | 'email' | 'name' | 'phone' | 'shipping' | 'tax_id')[]
  headline: string | null
  /** Addresses of the host's pages. */
  privacyPolicy: string | null
  terms: string | null
}

export const portalDefaults: PortalSettings = {
  customerUpdate: ['address', 'email', 'name', 'tax_id'],
  headline: null,
  privacyPolicy: null,
  terms: null,
}

/**
 * How what is sold is taxed: by Stripe Tax from where the customer lives, on top of the catalogue's prices or within them; or by
 * the given tax rates, made at Stripe, each of which says itself whether prices contain it.
 */
export type Tax = (
  | { automatic: true; prices: 'exclusive' | 'inclusive'; rates?: never }
  | { rates: readonly string[]; automatic?: never; prices?: never }
) & {
  /** Whether Checkout asks businesses for their tax number, such as a VAT id, which their invoices then bear; no when left out. */
  ids?: boolean
}

/** What is wrong with how it is taxed. A file need not be TypeScript, so words are checked too. */
export function taxFaults({ tax }: { tax: Tax | null }): string[] {
  if (tax === null) return []
  const { automatic, prices, rates, ids = false }: Partial<Record<keyof Tax, unknown>> = tax
  if (typeof ids !== 'boolean') return [`tax.ids is true or false; it is ${JSON.stringify(ids)}.`]
  if (rates === undefined)
    return automatic === true && (prices === 'exclusive' || prices === 'inclusive')
      ? []
      : ["tax is { automatic: true, prices: 'exclusive' or 'inclusive' }, or { rates: ['txr_…'] }."]
  const faults: string[] = []
  if (automatic !== undefined || prices !== undefined)
    faults.push('tax: rates say themselves whether prices contain them; leave automatic and prices out.')
  if (!Array.isArray(rates) || rates.length === 0 || rates.some((id) => !/^txr_\w+$/.test(String(id))))
    faults.push('tax.rates are ids of tax rates at Stripe, such as txr_1A2b, at least one.')
  return faults
}

interface Sold {
  plans: Record<string, unknown>
  promotions: Record<string, Promotion>
}

/** What is wrong with the promotions. */
export function promotionFaults({ plans, promotions }: Sold): string[] {
  const codes = Object.values(promotions).map(({ code }) => code.toLowerCase())
  return Object.entries(promotions).flatMap(([key, promotion]) => {
    const { code, percentOff, amountOff, lasts, plans: only = [], maxRedemptions = 1, expiresAt } = promotion
    const what = `promotion ${key}`
    const months = typeof lasts === 'object' ? lasts.months : 1
    const faults = only
      .filter((plan) => !(plan in plans))
      .map((plan) => `${what} is for "${plan}", which is not among the plans.`)
    if (!/^[\w-]{1,100}$/.test(code)) faults.push(`${what}: a code has letters, digits, _ and - only; it is "${code}".`)
    if (codes.filter((one) => one === code.toLowerCase()).length > 1)
      faults.push(`${what}: another promotion has the code "${code}".`)
    if ((percentOff === undefined) === (amountOff === undefined))
      faults.push(`${what} takes off either percentOff or amountOff.`)
    if (percentOff !== undefined && !(percentOff > 0 && percentOff <= 100))
      faults.push(`${what}: percentOff is above 0 and at most 100; it is ${percentOff}.`)
    if (amountOff && !(Number.isSafeInteger(amountOff.amount) && amountOff.amount > 0))
      faults.push(`${what}: amountOff.amount is a whole number of minor units above 0; it is ${amountOff.amount}.`)
    for (const [name, number] of Object.entries({ maxRedemptions, 'lasts.months': months }))
      if (!Number.isSafeInteger(number) || number < 1)
        faults.push(`${what}: ${name} is a whole number of at least 1; it is ${number}.`)
    if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt)))
      faults.push(`${what}: expiresAt is no date; it is "${expiresAt}".`)
    return faults
  })
}

import { leastStep } from '../kernel/money.ts'
import { catalogDefaults } from './defaults.ts'
import type { Addon, AddonPrice, Catalog } from './model.ts'
import { rateFaults } from './validate-rate.ts'

const currencies = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()))

const down = ['quantityDown', 'planDown', 'intervalDown'] as const
const choices = {
  prorate: 'prorate, renewal or full',
  down: 'prorate or renewal',
  downgradeBelowUse: 'block or grace',
  onReversal: 'revoke or keep',
  onRenewalReversal: 'revoke, cancel or keep',
} as const

const wordsOf = (choice: string): string[] => choice.split(/, | or /)

/** What is wrong with the rules of changes. A file need not be TypeScript, so words are checked too. */
export function ruleFaults({ changes }: Catalog): string[] {
  const { undo, downgradeBelowUse, onReversal, onRenewalReversal, ...policies } = changes
  const faults: string[] = []
  for (const [direction, policy] of Object.entries(policies)) {
    if (!(direction in catalogDefaults.changes)) {
      faults.push(`changes.${direction} is no direction of a change.`)
      continue
    }
    // A whole new period at once for less than before would take money for nothing.
    const allowed = down.some((one) => one === direction) ? choices.down : choices.prorate
    if (!wordsOf(allowed).includes(policy)) faults.push(`changes.${direction} is ${allowed}; it is "${policy}".`)
  }
  for (const [rule, word] of Object.entries({ downgradeBelowUse, onReversal, onRenewalReversal })) {
    const allowed = choices[rule as keyof typeof choices]
    if (!wordsOf(allowed).includes(word)) faults.push(`changes.${rule} is ${allowed}; it is "${word}".`)
  }
  if (!Number.isInteger(undo) || undo < 0 || undo > 1_440)
    faults.push(`changes.undo is a whole number of minutes from 0 to 1,440; it is ${undo}.`)
  return faults
}

/** What is wrong with the prices of one thing that is sold; `what` names it. */
export function priceFaults(what: string, prices: readonly AddonPrice[]): string[] {
  const faults: string[] = []
  const billed = new Set<string>()
  for (const price of prices) {
    const { currency, interval } = price
    const once = `a ${interval} in ${currency}`
    if (billed.has(once))
      faults.push(`${what} has two prices for ${once}; one of each interval and currency is billed.`)
    billed.add(once)
    if (!currencies.has(currency)) faults.push(`${what}: "${currency}" is not an ISO 4217 code in small letters.`)
    if (price.units !== undefined) faults.push(`${what}, ${once}: units are for overage; seats are sold one by one.`)
    faults.push(...rateFaults(`${what}, ${once}`, price), ...stepFaults(`${what}, ${once}`, price))
  }
  return faults
}

/** Amounts that Stripe could not charge: in some currencies the last digits have to be zero. */
function stepFaults(what: string, { currency, unitAmount, tiers = [] }: AddonPrice): string[] {
  const step = leastStep(currency)
  return [unitAmount, ...tiers.flatMap(({ unit, flat }) => [unit, flat])].flatMap((amount) =>
    step === 1 || amount === undefined || amount % step === 0
      ? []
      : [`${what}: Stripe charges ${currency} in multiples of ${step} minor units; ${amount} is none.`],
  )
}

export const addonFaults = (catalog: Catalog): string[] =>
  Object.entries(catalog.addons).flatMap(([key, addon]) => [
    ...priceFaults(`addon ${key}`, addon.prices),
    ...placeFaults(catalog, key, addon),
    ...Object.entries(addon.grants).flatMap(([feature, grant]) => grantFaults(catalog, `addon ${key}`, feature, grant)),
  ])

function placeFaults({ plans }: Catalog, key: string, { prices, plans: with_ = [], maxQuantity = 1 }: Addon): string[] {
  const faults = with_
    .filter((plan) => !(plan in plans))
    .map((plan) => `addon ${key} goes with "${plan}", which is not among the plans.`)
  if (prices.length === 0) faults.push(`addon ${key} has no price.`)
  if (!Number.isSafeInteger(maxQuantity) || maxQuantity < 1)
    faults.push(`addon ${key}: maxQuantity is a whole number of at least 1; it is ${maxQuantity}.`)
  return faults
}

function grantFaults(
  { features, plans }: Catalog,
  what: string,
  name: string,
  grant: Addon['grants'][string],
): string[] {
  const feature = features[name]
  if (!feature) return [`${what} grants "${name}", which is not among the features.`]
  const fits =
    feature.kind === 'boolean'
      ? grant === true
      : feature.kind === 'static'
        ? typeof grant === 'object'
        : typeof grant === 'number' && Number.isSafeInteger(grant) && grant > 0
  if (!fits) return [`${what}: the grant of ${name} does not fit a ${feature.kind} feature.`]
  // Units that are bought one by one have a price already: two ways to the same thing would be one too many.
  const sold = Object.values(plans).some((plan) => plan.grants[name] === 'purchased')
  return sold ? [`${what}: ${name} is sold by the unit with a plan; sell more units of it there.`] : []
}

import { beyondOf } from './limits.ts'
import type { Catalog, Plan, Term } from './model.ts'
import { rateFaults } from './validate-rate.ts'

const termOf = ({ interval, currency }: Term): string => `a ${interval} in ${currency}`

/** What is wrong with the prices of use beyond a plan's limits, a sentence each. */
export function overageFaults(catalog: Catalog, key: string, plan: Plan): string[] {
  const { overage = [], prices = [] } = plan
  const sold = new Set(prices.map(termOf))
  const faults: string[] = []
  for (const feature of new Set(overage.map(({ per }) => per))) {
    const what = `plan ${key}, overage of ${feature}`
    faults.push(...featureFaults(catalog, key, feature).map((fault) => `${what}: ${fault}`))
    const terms = overage.filter(({ per }) => per === feature).map(termOf)
    for (const term of sold) if (!terms.includes(term)) faults.push(`${what} has no price for ${term}; the plan has.`)
    for (const term of new Set(terms)) {
      if (!sold.has(term)) faults.push(`${what} has a price for ${term}, in which the plan is not sold.`)
      if (terms.filter((one) => one === term).length > 1) faults.push(`${what} has two prices for ${term}.`)
    }
  }
  return [...faults, ...overage.flatMap((price) => rateFaults(`plan ${key}, overage of ${price.per}`, price))]
}

/** Why use of a feature cannot be billed by the billing period. */
function featureFaults(catalog: Catalog, key: string, name: string): string[] {
  const feature = catalog.features[name]
  if (feature?.kind !== 'metered' || feature.meter !== 'consumable') return ['it must be a consumable feature.']
  const faults: string[] = []
  if (feature.reset !== undefined && feature.reset !== 'billing')
    faults.push("it must start again with the billing period (reset: 'billing'), which is what is invoiced.")
  if (feature.scope !== undefined)
    faults.push(`it is counted for each ${feature.scope}; only what the account counts is billed.`)
  if (typeof catalog.plans[key]?.grants[name] !== 'number') faults.push('the plan must grant a number of units of it.')
  if (beyondOf(catalog, key, name, feature) !== 'overage')
    faults.push("beyond its limit it must be allowed: beyond: 'overage', in the feature or the plan.")
  return faults
}

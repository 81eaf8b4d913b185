import type { Beyond, Catalog, Feature, Grant, MeteredFeature, Plan } from './model.ts'

/** Whether a grant is one for this kind of feature. */
export function fits(feature: Feature, grant: Grant): boolean {
  if (feature.kind === 'boolean') return grant === true
  if (feature.kind === 'static') return typeof grant === 'object'
  if (grant === 'purchased') return feature.meter === 'allocated'
  return grant === 'unlimited' || (typeof grant === 'number' && Number.isSafeInteger(grant) && grant >= 0)
}

/** Whole, as limits and marks are reckoned in whole numbers. */
export const isPercent = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max

const isCount = (value: number | undefined): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value >= 1)

/** What is wrong with who has a feature and how far, a sentence each. */
export function accessFaults(catalog: Catalog, key: string, feature: Feature): string[] {
  const { beta, unlock } = feature
  const faults = feature.kind === 'metered' ? boundFaults(key, feature) : []
  if (beta && beta.accounts === undefined && beta.fact === undefined)
    faults.push(`feature ${key}: beta names the accounts or the fact of those who have it.`)
  if (beta && !fits(feature, betaGrant(feature)))
    faults.push(`feature ${key}: the grant in beta does not fit a ${feature.kind} feature; name one that does.`)
  if (!unlock) return faults
  if (feature.kind === 'metered' && feature.scope !== undefined)
    faults.push(
      `feature ${key} is unlocked for the account, and counted for each ${feature.scope}; it is one or the other.`,
    )
  const other = catalog.features[unlock.feature]
  if (other?.kind !== 'metered') faults.push(`feature ${key} is unlocked by "${unlock.feature}", which is not metered.`)
  else if (other.meter === 'consumable' && other.reset !== 'never')
    faults.push(`feature ${key}: ${unlock.feature} starts again, and would lock it again; use one that never resets.`)
  else if (other.scope !== undefined && !other.total)
    faults.push(
      `feature ${key}: ${unlock.feature} is counted for each ${other.scope}; only a total unlocks for the account.`,
    )
  if (!isCount(unlock.used)) faults.push(`feature ${key}: unlock.used is a whole number of at least 1.`)
  return faults
}

/** What an account has of a feature in beta that its plan does not name. */
export const betaGrant = ({ kind, beta }: Feature): Grant =>
  beta?.grant ?? (kind === 'boolean' ? true : kind === 'metered' ? 'unlimited' : { value: null })

function boundFaults(key: string, { softLimit, beyond }: MeteredFeature): string[] {
  const marks = softLimit == null ? [] : [softLimit].flat()
  const faults = marks
    .filter((mark) => !isPercent(mark, 100))
    .map((mark) => `feature ${key}: softLimit is a whole percentage from 1 to 100; it is ${mark}.`)
  if (
    softLimit !== null &&
    typeof softLimit === 'object' &&
    (marks.length === 0 || marks.some((mark, index) => mark <= (marks[index - 1] ?? 0)))
  )
    faults.push(`feature ${key}: several soft limits stand in ascending order; null is for none.`)
  return beyond === undefined ? faults : [...faults, ...beyondFaults(`feature ${key}`, beyond)]
}

function beyondFaults(what: string, beyond: Beyond): string[] {
  if (typeof beyond === 'string') return []
  const { units, percent, days } = beyond
  if (units === undefined && percent === undefined && days === undefined)
    return [`${what}: grace needs a bound: units, percent or days. Without one it is 'overage'.`]
  return isCount(units) && isCount(percent) && isCount(days)
    ? []
    : [`${what}: units, percent and days of grace are whole numbers of at least 1.`]
}

/** What is wrong with a plan's words on limits. */
export const planLimitFaults = ({ features }: Catalog, key: string, { beyond = {} }: Plan): string[] =>
  Object.entries(beyond).flatMap(([name, rule]) =>
    features[name]?.kind === 'metered'
      ? beyondFaults(`plan ${key}, ${name}`, rule)
      : [`plan ${key} says what is beyond the limit of "${name}", which is not metered.`],
  )

export function paymentFaults({ payment, plans, defaultPlan }: Catalog): string[] {
  const faults = Object.entries(payment).flatMap(([state, policy]) =>
    typeof policy === 'object' && !isCount(policy.graceDays)
      ? [`payment.${state}: graceDays is a whole number of at least 1; it is ${policy.graceDays}.`]
      : [],
  )
  return plans[defaultPlan]?.retired
    ? [...faults, `defaultPlan ${defaultPlan} is retired; new accounts need one that is not.`]
    : faults
}

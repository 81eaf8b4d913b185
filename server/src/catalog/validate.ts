import { promotionFaults, taxFaults } from './at-stripe.ts'
import type { Catalog, Feature, Plan, PromptSpec } from './model.ts'
import { addonFaults, priceFaults, ruleFaults } from './validate-billing.ts'
import { accessFaults, fits, isPercent, paymentFaults, planLimitFaults } from './validate-limits.ts'
import { meterFaults, readerFaults } from './validate-meters.ts'
import { overageFaults } from './validate-overage.ts'

const kinds = new Set(['boolean', 'metered', 'static'])
const keyPattern = /^[a-z][a-z0-9_]{0,39}$/

/** Everything that is wrong with a catalogue, a sentence each. */
export function faultsOf(catalog: Catalog): string[] {
  return [
    ...keyFaults(catalog),
    ...Object.entries(catalog.plans).flatMap(([key, plan]) => [
      ...planFaults(catalog, key, plan),
      ...planLimitFaults(catalog, key, plan),
      ...overageFaults(catalog, key, plan),
    ]),
    ...Object.entries(catalog.features).flatMap(([key, feature]) => featureFaults(catalog, key, feature)),
    ...Object.entries(catalog.prompts).flatMap(([key, prompt]) => promptFaults(key, prompt)),
    ...readerFaults(catalog),
    ...triggerFaults(catalog),
    ...addonFaults(catalog),
    ...promotionFaults(catalog),
    ...taxFaults(catalog),
    ...ruleFaults(catalog),
    ...paymentFaults(catalog),
    ...settingFaults(catalog),
    ...ingestFaults(catalog),
    ...retentionFaults(catalog),
    ...comparisonFaults(catalog),
  ]
}

function keyFaults(catalog: Catalog): string[] {
  const groups = {
    feature: catalog.features,
    plan: catalog.plans,
    addon: catalog.addons,
    prompt: catalog.prompts,
    trigger: catalog.triggers,
  }
  return Object.entries(groups).flatMap(([noun, group]) =>
    Object.keys(group)
      .filter((key) => !keyPattern.test(key))
      .map((key) => `${noun} "${key}": a key is 1 to 40 small letters, digits and underscores, a letter first.`),
  )
}

function planFaults(catalog: Catalog, key: string, plan: Plan): string[] {
  const faults: string[] = []
  const { maxQuantity = 1, trialDays = 1 } = plan
  if (!Number.isInteger(trialDays) || trialDays < 1 || trialDays > 730)
    faults.push(`plan ${key}: trialDays is a whole number from 1 to 730; it is ${trialDays}.`)
  if (!Number.isSafeInteger(maxQuantity) || maxQuantity < 1)
    faults.push(`plan ${key}: maxQuantity is a whole number of at least 1; it is ${maxQuantity}.`)
  for (const [name, grant] of Object.entries(plan.grants)) {
    const feature = catalog.features[name]
    if (!feature) faults.push(`plan ${key} grants "${name}", which is not among the features.`)
    else if (kinds.has(feature.kind) && !fits(feature, grant))
      faults.push(`plan ${key}: the grant of ${name} does not fit a ${feature.kind} feature.`)
    const sold = catalog.billing === 'off' || plan.prices?.some((price) => price.per === name)
    if (grant === 'purchased' && !sold)
      faults.push(`plan ${key}: ${name} is granted as purchased, but no price sells it.`)
  }
  for (const { per } of plan.prices ?? [])
    if (plan.grants[per] !== 'purchased')
      faults.push(`plan ${key}: a price sells ${per}, so its grant must be 'purchased'.`)
  faults.push(...priceFaults(`plan ${key}`, plan.prices ?? []))
  return faults
}

function featureFaults(catalog: Catalog, key: string, feature: Feature): string[] {
  const faults = accessFaults(catalog, key, feature)
  if (!kinds.has(feature.kind))
    faults.push(`feature ${key}: kind is "${feature.kind}"; it is boolean, metered or static.`)
  if (feature.kind !== 'metered') return faults
  const { browser, meter } = feature
  if (meter !== 'consumable' && meter !== 'allocated')
    faults.push(`feature ${key}: meter is "${meter}"; it is consumable, which begins again each period, or allocated.`)
  if (browser && (!Number.isSafeInteger(browser.maxValue) || browser.maxValue < 1))
    faults.push(`feature ${key}: browser.maxValue is a whole number of at least 1; it is ${browser.maxValue}.`)
  return [...faults, ...meterFaults(key, feature)]
}

function promptFaults(key: string, { variants }: PromptSpec): string[] {
  const faults: string[] = []
  if (!Object.values(variants).some(({ weight = 1 }) => weight !== 0))
    faults.push(`prompt ${key} has no variant to show.`)
  for (const [variant, { weight = 1, copy }] of Object.entries(variants)) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      faults.push(`prompt ${key}, variant ${variant}: weight is a number of at least 0; it is ${weight}.`)
    if (Object.keys(copy).length === 0)
      faults.push(`prompt ${key}, variant ${variant}: there is no copy in any language.`)
  }
  return faults
}

function triggerFaults(catalog: Catalog): string[] {
  return Object.entries(catalog.triggers).flatMap(([key, { prompt, source, to, holdout, cooldownDays = 0 }]) => {
    const faults: string[] = []
    if (!(prompt in catalog.prompts)) faults.push(`trigger ${key} shows the prompt "${prompt}", which does not exist.`)
    if (source.feature !== undefined && !(source.feature in catalog.features))
      faults.push(`trigger ${key} watches "${source.feature}", which is not among the features.`)
    if (holdout !== undefined && !(holdout >= 0 && holdout < 1))
      faults.push(`trigger ${key}: holdout is a share from 0 to below 1.`)
    if (source.on !== 'blocked' && !(holdout && holdout > 0))
      faults.push(`trigger ${key} is proactive and needs a holdout above 0, or nobody can tell what it does.`)
    if (source.on === 'usage' && !isPercent(source.above, 99))
      faults.push(`trigger ${key}: above is a whole percentage from 1 to 99.`)
    if (to !== undefined && !['own', 'admins', 'both'].includes(to))
      faults.push(`trigger ${key}: to is own, admins or both; it is ${to}.`)
    if (to !== undefined && source.on === 'blocked')
      faults.push(`trigger ${key} answers the user who met the gate, and nobody else; it needs no to.`)
    if (!(cooldownDays >= 0))
      faults.push(`trigger ${key}: cooldownDays is a number of at least 0; it is ${cooldownDays}.`)
    return faults
  })
}

function settingFaults({ plans, defaultPlan, quoteMinutes, origins, checkout, checkoutReturn }: Catalog): string[] {
  const faults: string[] = []
  if (!(defaultPlan in plans)) faults.push(`defaultPlan is "${defaultPlan}", which is not among the plans.`)
  if (!(quoteMinutes > 0 && quoteMinutes <= 10))
    faults.push(`quoteMinutes is ${quoteMinutes}; a quote holds at most 10 minutes.`)
  if (checkout !== 'hosted' && checkout !== 'embedded')
    faults.push(`checkout is "${checkout}"; it is hosted, on a page of Stripe's, or embedded, in the dialog.`)
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      faults.push(`origin "${origin}" must be exactly scheme, host and port, such as https://app.example.com.`)
  return checkoutReturn === null ? faults : [...faults, ...returnFaults(checkoutReturn, origins)]
}

/** People follow it after they paid: it must lead to the host's own page and nowhere else. */
function returnFaults(checkoutReturn: string, origins: readonly string[]): string[] {
  const url = URL.canParse(checkoutReturn) ? new URL(checkoutReturn) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return [
      `checkoutReturn is "${checkoutReturn}"; it must be the whole address of a page, such as https://app.example.com/billing.`,
    ]
  if (origins.length > 0 && !origins.includes(url.origin))
    return [`checkoutReturn leads to ${url.origin}, which is not among the origins.`]
  return []
}

const daySeconds = 86_400
/** The longest that `GET /v1/usage` looks back. */
const yearDays = 366

/** What is no number would let events of any time in, also those whose ids are forgotten. */
function ingestFaults({ ingest: { maxAgeDays, maxAheadSeconds } }: Catalog): string[] {
  const faults: string[] = []
  if (!Number.isInteger(maxAgeDays) || maxAgeDays < 1)
    faults.push(`ingest.maxAgeDays is a whole number of at least 1; it is ${maxAgeDays}.`)
  if (!Number.isInteger(maxAheadSeconds) || maxAheadSeconds < 0 || maxAheadSeconds > daySeconds)
    faults.push(`ingest.maxAheadSeconds is a whole number from 0 to ${daySeconds}, a day; it is ${maxAheadSeconds}.`)
  return faults
}

function retentionFaults({ ingest: { maxAgeDays }, retention: { eventsDays, usageDays } }: Catalog): string[] {
  const faults: string[] = []
  // An event may be this old when it comes, and is known by its id and may be corrected for as long again.
  if (!Number.isInteger(eventsDays) || eventsDays < 2 * maxAgeDays)
    faults.push(
      `retention.eventsDays is a whole number of at least ${2 * maxAgeDays}, twice ingest.maxAgeDays; it is ${eventsDays}.`,
    )
  if (!Number.isInteger(usageDays) || usageDays < yearDays + maxAgeDays)
    faults.push(
      `retention.usageDays is a whole number of at least ${yearDays + maxAgeDays}: the year that is told, and ingest.maxAgeDays; it is ${usageDays}.`,
    )
  return faults
}

function comparisonFaults({ features, comparison: { leastAccounts, size, bands } }: Catalog): string[] {
  const faults: string[] = []
  if (!Number.isInteger(leastAccounts) || leastAccounts < 5)
    faults.push(
      `comparison.leastAccounts is a whole number of at least 5, or an account could be recognised; it is ${leastAccounts}.`,
    )
  const feature = size !== null && 'feature' in size ? features[size.feature] : null
  if (feature !== null && !(feature?.kind === 'metered' && feature.meter === 'allocated'))
    faults.push('comparison.size must name an allocated feature of the catalogue, or a fact.')
  else if (feature !== null && feature.scope !== undefined && !feature.total)
    faults.push(`comparison.size is a level of the account; that feature has one for each ${feature.scope}.`)
  if (bands.some((bound, index) => !(bound >= 0) || bound <= (bands[index - 1] ?? -1)))
    faults.push('comparison.bands are numbers of at least 0 in ascending order.')
  return faults
}

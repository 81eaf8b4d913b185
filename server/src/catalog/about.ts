import type { FeatureAbout, PlanName } from '@softgate/sdk/contract'
import type { Catalog, Grant } from './model.ts'

/** Higher is more; units stand between nothing, what is bought by the unit, and no limit. */
function rankOf(grant: Grant | undefined): number {
  if (grant === undefined) return -1
  if (typeof grant === 'number') return grant
  if (grant === 'purchased') return Number.MAX_SAFE_INTEGER
  if (grant === 'unlimited') return Number.POSITIVE_INFINITY
  // A value says what it is, not how much, unless it is a number.
  return typeof grant === 'object' && typeof grant.value === 'number' ? grant.value : 0
}

/**
 * The smallest plan above `present` that grants the feature or grants more of it; where no plan has it at all, the add-on that
 * does. Null where nothing does.
 */
export function comesWith({ plans, addons }: Catalog, present: string, feature: string): PlanName | null {
  const keys = Object.keys(plans)
  const now = rankOf(plans[present]?.grants[feature])
  const key = keys.slice(keys.indexOf(present) + 1).find((above) => rankOf(plans[above]?.grants[feature]) > now)
  const plan = key === undefined ? undefined : plans[key]
  if (key !== undefined && plan) return { key, title: plan.title }
  if (Object.values(plans).some(({ grants }) => grants[feature] !== undefined)) return null
  const [addon] = Object.entries(addons).filter(([, { grants }]) => grants[feature] !== undefined)
  return addon ? { key: addon[0], title: addon[1].title } : null
}

/** What a person reads of each feature while this plan is in force. */
export const aboutFeatures = (catalog: Catalog, plan: string): Record<string, FeatureAbout> =>
  Object.fromEntries(
    Object.entries(catalog.features).map(([key, feature]) => [
      key,
      {
        title: feature.title,
        description: feature.description ?? null,
        unit: (feature.kind !== 'boolean' && feature.unit) || null,
        comesWith: comesWith(catalog, plan, key),
      },
    ]),
  )

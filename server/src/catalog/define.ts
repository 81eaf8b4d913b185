import type { Segment } from '@softgate/sdk/contract'
import { type PortalSettings, type Promotion, portalDefaults, type Tax } from './at-stripe.ts'
import { attempted } from './attempted.ts'
import { catalogDefaults, readinessDefaults } from './defaults.ts'
import type {
  Addon,
  AddonPrice,
  Beyond,
  Catalog,
  ChangeRules,
  Comparing,
  Feature,
  Grant,
  PaymentRules,
  Plan,
  PromptSpec,
  ReadinessBounds,
  Trigger,
  TriggerSource,
} from './model.ts'
import { faultsOf } from './validate.ts'

/** The configuration as an author writes it: keys of features, plans and prompts are checked by the compiler. */
export interface ConfigInput<F extends string, P extends string, M extends string> {
  features: Record<F, FeatureInput<NoInfer<F>>>
  plans: Record<P, PlanInput<F>>
  defaultPlan: NoInfer<P>
  addons?: Record<string, AddonInput<F, P>>
  prompts?: Record<M, PromptSpec>
  triggers?: Record<string, TriggerInput<F, M>>
  readiness?: Partial<Record<Segment, Partial<ReadinessBounds>>>
  defaultSegment?: Segment
  billing?: Catalog['billing']
  purchaseRoles?: string[]
  quoteMinutes?: number
  changes?: Partial<ChangeRules>
  payment?: Partial<PaymentRules>
  ingest?: Partial<Catalog['ingest']>
  retention?: Partial<Catalog['retention']>
  comparison?: Partial<Omit<Comparing, 'size'>> & { size?: { feature: NoInfer<F> } | { fact: string } | null }
  browserSignals?: string[]
  origins?: string[]
  checkoutReturn?: string
  checkout?: Catalog['checkout']
  tax?: Tax
  promotions?: Record<string, Promotion & { plans?: readonly NoInfer<P>[] }>
  stripeFeatures?: boolean
  portal?: Partial<PortalSettings>
}

export type FeatureInput<F extends string> = Feature & { unlock?: { feature: F } }

export interface PlanInput<F extends string> extends Omit<Plan, 'grants' | 'prices' | 'beyond' | 'overage'> {
  grants: Partial<Record<NoInfer<F>, Grant>>
  beyond?: Partial<Record<NoInfer<F>, Beyond>>
  prices?: (AddonPrice & { per: NoInfer<F> })[]
  overage?: (AddonPrice & { per: NoInfer<F> })[]
}

export interface AddonInput<F extends string, P extends string> extends Omit<Addon, 'grants' | 'plans'> {
  grants: Partial<Record<NoInfer<F>, Addon['grants'][string]>>
  plans?: NoInfer<P>[]
}

export interface TriggerInput<F extends string, M extends string> extends Omit<Trigger, 'source' | 'prompt'> {
  source: TriggerSource & { feature?: NoInfer<F> }
  prompt: NoInfer<M>
}

/**
 * Completes a configuration with the defaults and checks it whole: every fault is listed in one error, so that a file is
 * mended in one go. Conditions and copy are checked when the server starts.
 *
 * @throws Error whose message has one line a fault
 */
export function defineConfig<const F extends string, const P extends string, const M extends string>(
  input: ConfigInput<F, P, M>,
): Catalog {
  const readiness = (segment: Segment): ReadinessBounds => ({
    ...readinessDefaults[segment],
    ...input.readiness?.[segment],
  })
  const given = input as unknown as Pick<Catalog, 'features' | 'plans' | 'defaultPlan'> & Partial<Catalog>
  const catalog: Catalog = {
    ...catalogDefaults,
    purchaseRoles: [...catalogDefaults.purchaseRoles],
    browserSignals: [],
    origins: [],
    ...given,
    features: keyed(given.features),
    plans: keyed(given.plans, (plan) => ({
      ...plan,
      grants: keyed(plan.grants),
      ...(plan.beyond && { beyond: keyed(plan.beyond) }),
    })),
    addons: keyed(given.addons ?? {}, (addon) => ({ ...addon, grants: keyed(addon.grants) })),
    changes: { ...catalogDefaults.changes, ...input.changes },
    payment: { ...catalogDefaults.payment, ...input.payment },
    // Last among those for any feature, so that every trigger of the author's answers first.
    triggers: keyed({ ...given.triggers, attempted: given.triggers?.attempted ?? attempted.trigger }),
    prompts: keyed({ ...given.prompts, attempted: given.prompts?.attempted ?? attempted.prompt }),
    ingest: { ...catalogDefaults.ingest, ...input.ingest },
    retention: { ...catalogDefaults.retention, ...input.retention },
    promotions: keyed(given.promotions ?? {}),
    portal: input.portal ? { ...portalDefaults, ...input.portal } : null,
    comparison: { ...catalogDefaults.comparison, ...input.comparison },
    readiness: { smb: readiness('smb'), mid_market: readiness('mid_market'), enterprise: readiness('enterprise') },
  }
  const faults = faultsOf(catalog)
  if (faults.length > 0) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`
    throw new Error(`The Softgate configuration has ${count}:\n- ${faults.join('\n- ')}`)
  }
  return catalog
}

/** Without a prototype: a key that callers send, such as `constructor`, finds only what the author wrote. */
function keyed<T>(entries: Record<string, T>, each: (entry: T) => T = (entry) => entry): Record<string, T> {
  const copies = Object.entries(entries).map(([key, entry]) => [key, each(entry)])
  return Object.assign(Object.create(null), Object.fromEntries(copies))
}

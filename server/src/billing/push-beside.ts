import type { PortalSettings, Promotion } from '../catalog/at-stripe.ts'
import type { Catalog } from '../catalog/model.ts'
import { digestOf } from '../kernel/hash.ts'

/** A coupon that a push has made, and its codes. */
export interface CouponAtStripe {
  id: string
  codes: { id: string; code: string; active: boolean }[]
}

/** A feature of Stripe's entitlements under a key of ours. */
export interface FeatureAtStripe {
  id: string
  key: string
  name: string
  /** Whether a push made it. */
  ours: boolean
}

/** Settings of the portal as Stripe has them, in its words. */
export interface SeenSettings extends Omit<PortalSettings, 'customerUpdate'> {
  customerUpdate: readonly string[]
}

/** What Stripe has of ours beside products and prices; parts that the catalogue does not speak of are not read. */
export interface BesideAtStripe {
  coupons: CouponAtStripe[]
  /** Codes of the catalogue that somebody else sells something by. */
  foreignCodes: string[]
  features: FeatureAtStripe[]
  /** By product: the ids of its features and of their being there. */
  attached: Record<string, { id: string; feature: string }[]>
  /** `intact`: everything that the catalogue has no word for is as a push makes it. */
  portal: { id: string; intact: boolean; settings: SeenSettings } | null
}

export type BesideStep =
  | { do: 'create_promotion'; key: string; coupon: string; promotion: Promotion; products: string[] | null }
  | { do: 'end_promotion'; coupon: CouponAtStripe }
  | { do: 'create_feature'; key: string; name: string }
  | { do: 'change_feature'; feature: FeatureAtStripe; name: string }
  | { do: 'archive_feature'; feature: FeatureAtStripe }
  | { do: 'attach_feature'; product: string; key: string }
  | { do: 'detach_feature'; product: string; id: string; key: string }
  | { do: 'set_portal'; id: string | null; settings: PortalSettings }

/** A coupon never changes what it takes off: other terms are another coupon, told by its id. */
export const couponIdOf = (key: string, promotion: Promotion): string =>
  `softgate_${key}_${digestOf(promotion).slice(0, 12)}`

/** What tells Stripe's codes, features and portal apart from the catalogue. Pure. */
export function planBeside(catalog: Catalog, present: BesideAtStripe): { steps: BesideStep[]; conflicts: string[] } {
  const parts = [promotionsIn(catalog, present), featuresIn(catalog, present)]
  return {
    steps: [...parts.flatMap(({ steps }) => steps), ...portalIn(catalog, present)],
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
  }
}

type Part = { steps: BesideStep[]; conflicts: string[] }

function promotionsIn({ promotions }: Catalog, { coupons, foreignCodes }: BesideAtStripe): Part {
  const wanted = new Map(
    Object.entries(promotions).map(([key, one]) => [couponIdOf(key, one), { key, promotion: one }]),
  )
  // First what goes: its code may be that of what comes. A code that ran out or was ended by hand is not made again.
  const gone = coupons.filter(({ id }) => !wanted.has(id)).map((coupon) => ({ do: 'end_promotion' as const, coupon }))
  const fresh = [...wanted].filter(
    ([id, { promotion }]) =>
      !coupons.some((one) => one.id === id && one.codes.some(({ code }) => isCode(code, promotion))),
  )
  return {
    steps: [
      ...gone,
      ...fresh.map(([coupon, { key, promotion }]) => ({
        do: 'create_promotion' as const,
        key,
        coupon,
        promotion,
        products: promotion.plans?.map((plan) => `softgate_${plan}`) ?? null,
      })),
    ],
    conflicts: fresh
      .filter(([, { promotion }]) => foreignCodes.some((code) => isCode(code, promotion)))
      .map(
        ([, { promotion }]) =>
          `The code ${promotion.code} is in use at Stripe and was not made by Softgate. End it there.`,
      ),
  }
}

const isCode = (code: string, promotion: Promotion): boolean => code.toLowerCase() === promotion.code.toLowerCase()

export const featureKeyOf = (feature: string): string => `softgate_${feature}`

function featuresIn(catalog: Catalog, { features, attached }: BesideAtStripe): Part {
  if (!catalog.stripeFeatures) return { steps: [], conflicts: [] }
  const wanted = new Map(
    Object.entries(catalog.features).flatMap(([key, { kind, title }]) =>
      kind === 'boolean' ? [[featureKeyOf(key), title] as const] : [],
    ),
  )
  const known = new Map(features.map((feature) => [feature.key, feature]))
  const steps = [...wanted].flatMap(([key, name]): BesideStep[] => {
    const feature = known.get(key)
    if (!feature) return [{ do: 'create_feature', key, name }]
    return feature.name === name ? [] : [{ do: 'change_feature', feature, name }]
  })
  const mine = features.filter(({ ours }) => ours)
  for (const [product, granted] of grantedBy(catalog)) {
    const there = attached[product] ?? []
    for (const key of granted)
      if (!there.some(({ feature }) => feature === known.get(key)?.id))
        steps.push({ do: 'attach_feature', product, key })
    for (const { id, feature } of there) {
      const own = mine.find((one) => one.id === feature)
      if (own && !granted.has(own.key)) steps.push({ do: 'detach_feature', product, id, key: own.key })
    }
  }
  const gone = mine
    .filter(({ key }) => !wanted.has(key))
    .map((feature) => ({ do: 'archive_feature' as const, feature }))
  return {
    steps: [...steps, ...gone],
    conflicts: features
      .filter(({ key, ours }) => !ours && wanted.has(key))
      .map(
        ({ id, key }) =>
          `The feature ${id} has the lookup key ${key} and was not made by Softgate. Archive it in Stripe.`,
      ),
  }
}

/** The keys of the boolean features that each product comes with. */
function grantedBy({ features, plans, addons }: Catalog): Map<string, Set<string>> {
  const keysOf = (grants: Record<string, unknown>): Set<string> =>
    new Set(Object.keys(grants).flatMap((key) => (features[key]?.kind === 'boolean' ? [featureKeyOf(key)] : [])))
  return new Map([
    ...Object.entries(plans).flatMap(([key, { grants, prices = [] }]) =>
      prices.length === 0 ? [] : [[`softgate_${key}`, keysOf(grants)] as const],
    ),
    ...Object.entries(addons).map(([key, { grants }]) => [`softgate_addon.${key}`, keysOf(grants)] as const),
  ])
}

function portalIn({ portal: settings }: Catalog, { portal }: BesideAtStripe): BesideStep[] {
  if (settings === null) return []
  if (portal?.intact && digestOf(portal.settings) === digestOf(inOrder(settings))) return []
  return [{ do: 'set_portal', id: portal?.id ?? null, settings }]
}

/** In one spelling, so that what means the same is the same. */
export const inOrder = ({ customerUpdate, headline, privacyPolicy, terms }: SeenSettings): SeenSettings => ({
  customerUpdate: [...customerUpdate].sort(),
  headline,
  privacyPolicy,
  terms,
})

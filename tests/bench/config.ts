import type { Catalog } from '@softgate/server'
import teamflow from '../../examples/teamflow/softgate.config.ts'

const more: Catalog['features'] = Object.fromEntries(
  Array.from({ length: 17 }, (_, n): [string, Catalog['features'][string]][] => [
    [`area_${n}`, { kind: 'boolean', title: `Area ${n}` }],
    [
      `units_${n}`,
      {
        kind: 'metered',
        meter: 'consumable',
        reset: 'month',
        title: `Units ${n}`,
        unit: { one: 'unit', other: 'units' },
      },
    ],
  ]).flat(),
)

/** TeamFlow's catalogue, grown to 40 features: half of them counted, with triggers that watch some. */
export const config: Catalog = {
  ...teamflow,
  features: { ...teamflow.features, ...more },
  plans: Object.fromEntries(
    Object.entries(teamflow.plans).map(([key, plan]) => {
      const grants = Object.entries(more).map(([feature, { kind }]) => [feature, kind === 'boolean' ? true : 1_000])
      return [key, { ...plan, grants: { ...plan.grants, ...Object.fromEntries(grants) } }]
    }),
  ),
}

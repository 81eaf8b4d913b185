import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { aboutFeatures, comesWith } from '../../../server/src/catalog/about.ts'

describe('the plan that a feature comes with', () => {
  it.each([
    ['free', 'sso', 'professional', 'not granted now'],
    ['starter', 'exports', 'professional', 'more units'],
    ['professional', 'exports', 'business', 'no limit'],
    ['free', 'seats', 'starter', 'as many as are bought, after a number'],
    ['starter', 'seats', 'enterprise', 'no limit, after as many as are bought'],
    ['starter', 'history_days', 'professional', 'a greater value'],
  ])('from %s for %s is %s: %s', (present, feature, key) => {
    expect(comesWith(config, present, feature)?.key).toBe(key)
  })

  it.each([
    ['professional', 'sso'],
    ['business', 'exports'],
    ['enterprise', 'seats'],
    ['business', 'history_days'],
  ])('from %s for %s is none', (present, feature) => {
    expect(comesWith(config, present, feature)).toBeNull()
  })

  it('is the add-on that has it where no plan does, whatever the plan', () => {
    const plans = Object.keys(config.plans)
    expect(plans.map((plan) => comesWith(config, plan, 'forecasts')?.title)).toEqual(plans.map(() => 'Forecasts'))
  })

  it('is the first that gives more: none between does, and from there on it gives no more at once', () => {
    const plans = Object.keys(config.plans)
    fc.assert(
      fc.property(fc.constantFrom(...plans), fc.constantFrom(...Object.keys(config.features)), (present, feature) => {
        const found = comesWith(config, present, feature)
        if (!found || found.key in config.addons) return
        const grant = (plan: string) => config.plans[plan]?.grants[feature]
        const between = plans.slice(plans.indexOf(present) + 1, plans.indexOf(found.key))
        expect(between.map(grant)).toEqual(between.map(() => grant(present)))
        expect(grant(found.key)).not.toEqual(grant(present))
      }),
    )
  })
})

describe('what people read of a feature', () => {
  it('is its title, what it does, the word for what is counted, and the way to more', () => {
    const about = aboutFeatures(config, 'starter')
    expect(Object.keys(about)).toEqual(Object.keys(config.features))
    expect(about['sso']).toEqual({
      title: 'Single sign-on',
      description: 'People sign in to TeamFlow with the company account they already have.',
      unit: null,
      comesWith: { key: 'professional', title: 'Professional' },
    })
    expect(about['automations']).toEqual({
      title: 'Automation runs',
      description: null,
      unit: { one: 'run', other: 'runs' },
      comesWith: { key: 'professional', title: 'Professional' },
    })
  })
})

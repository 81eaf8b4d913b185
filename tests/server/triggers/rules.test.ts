import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import type { AccountRecord } from '../../../server/src/accounts/model.ts'
import { decide } from '../../../server/src/entitlements/decide.ts'
import { compileTriggers } from '../../../server/src/triggers/compile.ts'
import { factsOf } from '../../../server/src/triggers/facts.ts'
import type { FactSheet } from '../../../server/src/triggers/model.ts'
import { compileCondition } from '../../../server/src/triggers/rules.ts'
import { account } from '../samples.ts'

const seats = (used: number, limit: number | 'unlimited' | undefined) => {
  const feature = config.features.seats
  if (!feature) throw new Error('the example has lost its seats')
  return decide({ key: 'seats', feature, grant: limit, billing: 'stripe', bought: undefined, used, resetsAt: null })
}
const facts = (rest: Partial<AccountRecord> = {}, decisions = [seats(9, 10)]): FactSheet => ({
  ...factsOf({ account: account(rest), plan: 'starter', segment: 'smb', decisions }),
  feature: 'seats',
})

describe('the facts of an account', () => {
  it('are flat names: its plan and segment, its use by feature, and what the host says', () => {
    expect(facts({ contractValue: 5, healthScore: 80, facts: { nps: 9 } })).toEqual({
      plan: 'starter',
      segment: 'smb',
      feature: 'seats',
      contract_value: 5,
      health_score: 80,
      'seats.used': 9,
      'seats.limit': 10,
      'seats.remaining': 1,
      'seats.utilisation': 0.9,
      'facts.nps': 9,
    })
  })

  it('say nothing of features that are not counted, and 0 for the utilisation of what has no limit', () => {
    const sso = { ...seats(1, 1), feature: 'sso', kind: 'boolean' as const }
    expect(Object.keys(facts({}, [sso])).filter((name) => name.startsWith('sso'))).toEqual([])
    expect(facts({}, [seats(9, 'unlimited')])['seats.utilisation']).toBe(0)
    expect(facts({}, [seats(0, 0)])['seats.utilisation']).toBe(0)
  })
})

describe('a condition', () => {
  const holds = (source: string, given = facts()) => compileCondition(source, config)(given)

  test.each<[string, boolean]>([
    ["seats.utilisation > 0.85 && plan in ['starter', 'professional']", true],
    ['seats.utilisation > 0.9', false],
    ['seats.used >= 9 && seats.limit == 10.0 && seats.remaining < 2', true],
    ["segment == 'smb' || seats.used > 100.0", true],
    ["feature == 'seats'", true],
    ["plan.startsWith('s')", true],
    ['has(facts.nps)', false],
    ['has(facts.nps) && facts.nps >= 7', false],
  ])('%s is %s', (source, answer) => {
    expect(holds(source)).toBe(answer)
  })

  it('reads what the host says', () => {
    expect(holds('facts.nps >= 7 && contract_value > 25000', facts({ contractValue: 30_000, facts: { nps: 8 } }))).toBe(
      true,
    )
  })

  test.each(['facts.nps >= 7', 'contract_value > 1', 'health_score >= 75', 'automations.used > 1'])(
    'is neither true nor false without its fact: %s',
    (source) => {
      const condition = compileCondition(source, config)
      expect(() => condition(facts())).toThrow()
    },
  )

  test.each<[why: string, source: string, error: RegExp]>([
    ['an unknown name', 'seat_count > 1', /Unknown variable: seat_count/],
    ['a name of a feature that is not counted', 'sso.used > 1', /Unknown variable: sso/],
    ['a misspelt part of a feature', 'seats.utilization > 0.8', /No such key: utilization/],
    ['a comparison of different types', 'plan == 1', /no such overload/],
    ['something that is no answer', 'plan', /gives string, not true or false/],
    ['a regular expression', "plan.matches('(a+)+$')", /matches\(\) is not allowed/],
    ['one inside a list', "[plan].exists(x, x.matches('a'))", /matches\(\) is not allowed/],
    ['one inside a choice', "true ? plan.matches('a') : false", /matches\(\) is not allowed/],
    ['one inside a map', "{'a': plan.matches('x')}['a']", /matches\(\) is not allowed/],
    ['no expression at all', 'seats.used >', /./],
    ['more than anyone could read', Array(300).fill('true').join(' && '), /./],
  ])('is refused when it is loaded for %s', (_, source, error) => {
    expect(() => compileCondition(source, config)).toThrow(error)
  })
})

describe('the triggers of a catalogue', () => {
  it('are ready when it is loaded, in their order', () => {
    const compiled = compileTriggers(config)
    expect(compiled.map(({ key, condition }) => [key, condition !== null])).toEqual([
      ['seat_blocked', false],
      ['feature_blocked', false],
      ['addon_blocked', false],
      ['usage_ceiling', true],
      ['calls_beyond', false],
      ['milestone', true],
      ['attempted', false],
    ])
  })

  it('name the trigger whose condition is wrong, and the condition', () => {
    const trigger = config.triggers.usage_ceiling
    if (!trigger) throw new Error('the example has lost its trigger')
    const broken = { ...config, triggers: { ceiling: { ...trigger, when: 'plan == 1' } } }
    expect(() => compileTriggers(broken)).toThrow(
      'trigger ceiling: the condition `plan == 1` cannot be used: no such overload',
    )
  })
})

import type { Reason } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Trigger } from '../../../server/src/catalog/model.ts'
import { type EvaluateInput, evaluate, listens, onlyByFacts } from '../../../server/src/triggers/evaluate.ts'
import type { Signal } from '../../../server/src/triggers/model.ts'
import { day, start } from '../samples.ts'

const now = start
const ceiling: Trigger = {
  title: 'Usage ceiling',
  source: { on: 'usage', above: 80 },
  expansion: 'tier',
  cooldownDays: 60,
  holdout: 0.1,
  prompt: 'nearly_full',
}
const passed: Reason = { code: 'passed', facts: {}, rule: 'health score' }
const crossing = { on: 'usage' as const, feature: 'exports', scope: '', mark: 9, cause: 'e1' } satisfies Signal
const attempt: Signal = { on: 'blocked', feature: 'exports', scope: '', user: 'sam', cause: 'e1' }
const missing = () => {
  throw new Error('No such key: nps')
}
const asked = (own: number | null, admins: number | null = null) => ({ own, admins })
/** A crossing at which everything speaks for the fire. */
const input = (rest: Partial<EvaluateInput> = {}): EvaluateInput => ({
  trigger: ceiling,
  condition: null,
  signal: crossing,
  facts: { 'exports.used': 9, 'exports.limit': 10 },
  readiness: { ready: true, explain: [passed], readyAt: null },
  lastAsked: asked(null),
  heldOut: false,
  now,
  ...rest,
})
const answer = (rest: Partial<EvaluateInput> = {}): [string, string | undefined] => {
  const { status, explain } = evaluate(input(rest))
  return [status, explain.at(-1)?.code]
}
const notReady = { ready: false, explain: [passed], readyAt: null }

describe('a trigger', () => {
  it('fires when nothing speaks against it, and says why at each step', () => {
    const { status, explain } = evaluate(input({ trigger: { ...ceiling, when: 'true' }, condition: () => true }))
    expect(status).toBe('fired')
    expect(explain.map(({ code }) => code)).toEqual(['signal', 'past_mark', 'condition_true', 'passed', 'fired'])
    expect(explain[0]?.facts).toEqual({ on: 'usage', feature: 'exports', cause: 'e1' })
    expect(explain[2]?.rule).toBe('true')
  })

  test.each<[string, Partial<EvaluateInput>, [string, string]]>([
    ['the condition does not hold', { condition: () => false }, ['suppressed', 'condition_false']],
    ['a fact of the condition is unknown', { condition: missing }, ['suppressed', 'condition_unknown']],
    ['the account is not ready', { readiness: notReady }, ['suppressed', 'not_ready']],
    ['its kind of expansion is cooling down', { lastAsked: asked(now - day) }, ['suppressed', 'cooling_down']],
    ['the account is measured instead', { heldOut: true }, ['held_out', 'held_out']],
    [
      'the limit has risen since',
      { facts: { 'exports.used': 9, 'exports.limit': 20 } },
      ['suppressed', 'no_longer_past'],
    ],
    [
      'use has gone back since',
      { facts: { 'exports.used': 3, 'exports.limit': 10 } },
      ['suppressed', 'no_longer_past'],
    ],
    ['the limit is gone', { facts: { 'exports.used': 9, 'exports.limit': null } }, ['suppressed', 'no_longer_past']],
    [
      'use has passed the mark of a trigger further up',
      { signal: { ...crossing, mark: 10 }, facts: { 'exports.used': 10, 'exports.limit': 10 } },
      ['suppressed', 'no_longer_past'],
    ],
    [
      'use has passed the mark of another trigger only',
      { signal: { ...crossing, mark: 6 } },
      ['suppressed', 'no_longer_past'],
    ],
  ])('does not ask when %s, and says so last', (_, rest, wanted) => {
    expect(answer(rest)).toEqual(wanted)
  })

  it('looks at the condition, then readiness, then the cooldown, then the holdout', () => {
    const against = [
      { condition: () => false },
      { readiness: notReady },
      { lastAsked: asked(now - day) },
      { heldOut: true },
    ]
    const codes = ['condition_false', 'not_ready', 'cooling_down', 'held_out']
    for (let first = 0; first < against.length; first++)
      expect(answer(Object.assign({}, ...against.slice(first)))[1]).toBe(codes[first])
  })

  it('cools down to the millisecond', () => {
    expect(answer({ lastAsked: asked(now - 60 * day + 1) })[0]).toBe('suppressed')
    expect(answer({ lastAsked: asked(now - 60 * day) })[0]).toBe('fired')
    const { explain } = evaluate(input({ lastAsked: asked(now - day) }))
    expect(explain.at(-1)?.facts).toEqual({ expansion: 'tier', lastAskedAt: now - day, until: now + 59 * day })
  })

  it('says when time or other facts might change its mind, and only then', () => {
    const again = (rest: Partial<EvaluateInput>) => evaluate(input(rest)).again
    expect(again({ lastAsked: asked(now - day) })).toBe(now + 59 * day)
    expect(again({ readiness: { ...notReady, readyAt: now + 5 } })).toBe(now + 5)
    for (const rest of [{ readiness: notReady }, { condition: () => false }]) expect(again(rest)).toBe(onlyByFacts)
    for (const rest of [{}, { heldOut: true }]) expect(again(rest)).toBeNull()
  })

  it('of a limit of one’s own cools down for those whom it is about and for admins by itself', () => {
    const told = (to: Trigger['to'], own: number | null, admins: number | null, scope = 'user:sam') => {
      const trigger = { ...ceiling, ...(to && { to }) }
      const found = evaluate(input({ trigger, signal: { ...crossing, scope }, lastAsked: asked(own, admins) }))
      return [found.status, found.to, found.again]
    }
    const [long, short] = [now - 2 * day, now - day]
    expect(told('both', null, null)).toEqual(['fired', 'both', null])
    expect(told('both', short, null)).toEqual(['fired', 'admins', null])
    expect(told('both', null, short)).toEqual(['fired', 'own', null])
    expect(told('both', short, long)).toEqual(['suppressed', 'both', now + 58 * day])
    expect(told(undefined, null, short)).toEqual(['fired', 'own', null])
    expect(told('admins', short, null)).toEqual(['fired', 'admins', null])
    expect(told('admins', null, short)).toEqual(['suppressed', 'admins', now + 59 * day])
    // What is the account's is said to everyone, once.
    expect(told('both', null, short, '')).toEqual(['fired', 'both', null])
    expect(told(undefined, short, null, '')).toEqual(['suppressed', 'both', now + 59 * day])
  })

  it('names whose limit it was', () => {
    const { explain } = evaluate(input({ signal: { ...crossing, scope: 'entity:red' } }))
    expect(explain[0]?.facts).toMatchObject({ scope: 'entity:red' })
  })

  it('without a cooldown fires every time', () => {
    const { cooldownDays: _, ...eager } = ceiling
    expect(answer({ trigger: eager, lastAsked: asked(now) })[0]).toBe('fired')
  })

  it("answers a user's own attempt whatever readiness, cooldown and holdout say", () => {
    const trigger: Trigger = { ...ceiling, source: { on: 'blocked' } }
    const anything = fc.record({ ready: fc.boolean(), ago: fc.option(fc.nat(100 * day)), heldOut: fc.boolean() })
    fc.assert(
      fc.property(anything, ({ ready, ago, heldOut }) => {
        const lastAsked = asked(ago === null ? null : now - ago)
        expect(
          answer({ trigger, signal: attempt, readiness: { ready, explain: [], readyAt: null }, lastAsked, heldOut }),
        ).toEqual(['fired', 'own_attempt'])
      }),
    )
    expect(answer({ trigger, signal: attempt, condition: () => false })).toEqual(['suppressed', 'condition_false'])
  })

  it('never changes its mind about the same input', () => {
    const rest = { lastAsked: asked(now - day), heldOut: true }
    expect(evaluate(input(rest))).toEqual(evaluate(input(rest)))
  })
})

describe('listening', () => {
  test.each<[Trigger['source'], Signal, boolean]>([
    [{ on: 'usage', above: 80 }, crossing, true],
    [{ on: 'usage', above: 80, feature: 'exports' }, crossing, true],
    [{ on: 'usage', above: 80, feature: 'seats' }, crossing, false],
    [{ on: 'usage', above: 80 }, attempt, false],
    [{ on: 'blocked' }, attempt, true],
    [{ on: 'blocked', feature: 'seats' }, attempt, false],
    [{ on: 'blocked' }, crossing, false],
  ])('%j hears %j: %s', (source, signal, heard) => {
    expect(listens({ ...ceiling, source }, signal)).toBe(heard)
  })
})

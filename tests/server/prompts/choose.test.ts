import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { type ChooseInput, choose, isSeen, variantFor } from '../../../server/src/prompts/choose.ts'
import type { Delivery, OutcomeRecord } from '../../../server/src/prompts/model.ts'
import { day, start } from '../samples.ts'

const delivery = (id: string, prompt: string, at = start): Delivery => ({
  account: 'acme',
  id,
  fire: `fire_${id}`,
  user: null,
  scope: '',
  to: 'both',
  prompt,
  variant: 'fact',
  placement: 'banner',
  feature: 'exports',
  quantity: 1,
  offer: null,
  at,
})
const silence = (prompt: string, rest: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  account: 'acme',
  delivery: 'd0',
  about: '',
  user: 'sam',
  outcome: 'dismissed',
  prompt,
  feature: 'exports',
  scope: 'user',
  until: null,
  at: start,
  ...rest,
})
const choice = (
  due: Delivery[],
  silences: OutcomeRecord[] = [],
  { stuck = [], seen = [] }: Record<string, string[]> = {},
) =>
  choose({
    catalog: config,
    due: due.map((entry) => ({
      delivery: entry,
      actionable: !stuck.includes(entry.id),
      seen: seen.includes(entry.id),
    })),
    silences,
  })
const reasons = ({ losers }: ReturnType<typeof choose>) =>
  Object.fromEntries(losers.map((loser) => [loser.delivery.id, [loser.reason.code, loser.reason.facts]]))

const seats = delivery('d1', 'seats_in_use')
const tier = delivery('d2', 'comes_with_plan')
const full = delivery('d3', 'nearly_full')

describe('the prompt that is shown', () => {
  it('is the one of the highest priority; the others say what came first', () => {
    const found = choice([full, tier, seats])
    expect(found.shown).toBe(seats)
    expect(reasons(found)).toEqual({
      d2: ['another_first', { shown: 'seats_in_use' }],
      d3: ['another_first', { shown: 'seats_in_use' }],
    })
  })

  it('is the newest among equals', () => {
    const older = delivery('d0', 'nearly_full', start - day)
    expect(choice([older, full]).shown).toBe(full)
    const twin = delivery('d4', 'nearly_full')
    expect([choice([full, twin]).shown, choice([twin, full]).shown]).toEqual([twin, twin])
  })

  it('is not one that was silenced, by this user or for the account', () => {
    const until = start + day
    const found = choice(
      [seats, tier, full],
      [
        silence('seats_in_use', { outcome: 'snoozed', until }),
        silence('comes_with_plan', { scope: 'account', user: 'priya' }),
      ],
    )
    expect(found.shown).toBe(full)
    expect(reasons(found)).toEqual({
      d1: ['snoozed', { by: 'sam', until }],
      d2: ['dismissed', { by: 'priya', until: null }],
    })
  })

  it('is silenced for its feature only', () => {
    const runs = { ...delivery('d4', 'nearly_full', start - day), feature: 'automations' }
    expect(choice([full, runs], [silence('nearly_full')]).shown).toBe(runs)
    expect(choice([full, runs], [silence('nearly_full', { feature: 'automations' })]).shown).toBe(full)
  })

  it('is a nudge once: whoever has seen it is shown what else is due first', () => {
    const nudge = { ...seats, placement: 'nudge' }
    expect(choice([nudge, full]).shown).toBe(nudge)
    expect(choice([nudge, full], [], { seen: ['d1'] }).shown).toBe(full)
    expect(choice([nudge], [], { seen: ['d1'] }).shown).toBe(nudge)
    expect(choice([seats, full], [], { seen: ['d1'] }).shown, 'a banner stays').toBe(seats)
  })

  it('is not one that leads nowhere', () => {
    const found = choice([seats, full], [], { stuck: ['d1'] })
    expect(found.shown).toBe(full)
    expect(reasons(found)).toEqual({ d1: ['no_way_on', {}] })
  })

  it('is none when none is left', () => {
    expect(choice([])).toEqual({ shown: null, losers: [] })
    expect(choice([seats, full], [silence('seats_in_use')], { stuck: ['d3'] }).shown).toBeNull()
  })

  it('is at most one, whatever is due, does not hang on the order, and every other has its reason', () => {
    const prompts = fc.constantFrom('seats_in_use', 'comes_with_plan', 'nearly_full', 'gone')
    const due = fc.uniqueArray(
      fc.record({ id: fc.nat(30).map(String), prompt: prompts, at: fc.nat(3), actionable: fc.boolean() }),
      { selector: ({ id }) => id },
    )
    fc.assert(
      fc.property(due, fc.uniqueArray(prompts), (entries, silenced) => {
        const input: ChooseInput = {
          catalog: config,
          due: entries.map(({ id, prompt, at, actionable }) => ({
            delivery: delivery(id, prompt, at),
            actionable,
            seen: false,
          })),
          silences: silenced.map((prompt) => silence(prompt)),
        }
        const { shown, losers } = choose(input)
        expect(losers.length + (shown ? 1 : 0)).toBe(entries.length)
        expect(choose({ ...input, due: [...input.due].reverse() }).shown?.id).toBe(shown?.id)
        const could = entries.some(({ prompt, actionable }) => actionable && !silenced.includes(prompt))
        expect(shown !== null).toBe(could)
      }),
    )
  })
})

describe('a delivery', () => {
  const told = (outcome: OutcomeRecord['outcome'], at: number, until: number | null = null) =>
    silence('nearly_full', { delivery: 'd3', outcome, at, until })

  it('is seen from when it was shown until a snooze of it is over, and then is new', () => {
    const [shown, snoozed] = [told('shown', start), told('snoozed', start + 1, start + day)]
    expect(isSeen(full, [])).toBe(false)
    expect(isSeen(full, [told('clicked', start)])).toBe(false)
    expect(isSeen(full, [{ ...shown, delivery: 'another' }])).toBe(false)
    expect(isSeen(full, [shown])).toBe(true)
    expect(isSeen(full, [shown, snoozed])).toBe(false)
    expect(isSeen(full, [told('shown', start + day + 1), snoozed])).toBe(true)
  })
})

describe('the variant of a prompt', () => {
  it('is one of its own, the same for everyone in the account', () => {
    const variants = ['acme', 'birch', 'cedar', 'dune', 'elm', 'fir', 'gorse', 'holly'].map((id) =>
      variantFor(config, 'seats_in_use', id),
    )
    expect(new Set(variants)).toEqual(new Set(['fact', 'team']))
    expect(variantFor(config, 'seats_in_use', 'acme')).toBe(variants[0])
    expect(variantFor(config, 'nearly_full', 'acme')).toBe('fact')
  })

  it('does not exist for a prompt that does not', () => {
    expect(() => variantFor(config, 'constructor', 'acme')).toThrow('no arm')
  })
})

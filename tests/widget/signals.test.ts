import * as real from '@preact/signals-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as small from '../../widget/script/signals.ts'

type Signals = Pick<typeof real, 'signal' | 'computed' | 'effect'>

/** What a computed, or an effect, reads of those before it: the second only while the first is even. */
type Pair = readonly [first: number, second: number]
type Act = readonly ['set' | 'peek' | 'stop', at: number, value: number]

/** Runs the same program on either, and tells all that can be seen of it. */
function play(
  { signal, computed, effect }: Signals,
  computeds: readonly Pair[],
  effects: readonly Pair[],
  acts: readonly Act[],
  causing: boolean,
) {
  const seen: string[] = []
  const last: number[] = []
  const roots = [signal(0), signal(1), signal(2)]
  const nodes: { value: number; peek(): number }[] = [...roots]
  const node = (at: number) => nodes[at % nodes.length] as (typeof nodes)[number]
  const sum = (one: { value: number }, other: { value: number }): number =>
    one.value % 2 === 0 ? one.value + other.value : Math.trunc(one.value / 2)
  for (const [first, second] of computeds) {
    const [one, other] = [node(first), node(second)]
    nodes.push(computed(() => sum(one, other)))
  }
  const stops = effects.map(([first, second], index) =>
    effect(() => {
      const value = sum(node(first), node(second))
      seen.push(`effect ${index} saw ${value}`)
      last[index] = value
      // An effect may cause others, and itself; in which order they then run is nobody's business.
      if (causing && value > 6 && roots[0]) roots[0].value = 0
      return () => seen.push(`effect ${index} left ${value}`)
    }),
  )
  for (const [kind, at, value] of acts) {
    if (kind === 'set') (roots[at % 3] as { value: number }).value = value
    else if (kind === 'peek') seen.push(`${at} is ${node(at).peek()}`)
    else stops[at % Math.max(1, stops.length)]?.()
  }
  return causing ? [last, roots.map((root) => root.peek())] : seen.sort()
}

const pair = fc.tuple(fc.nat(20), fc.nat(20))
const act = fc.tuple(fc.constantFrom('set', 'set', 'set', 'peek', 'stop'), fc.nat(20), fc.nat(9)) as fc.Arbitrary<Act>

test('the signals of the script tag show what the real ones show', () => {
  fc.assert(
    fc.property(
      fc.array(pair, { maxLength: 6 }),
      fc.array(pair, { maxLength: 4 }),
      fc.array(act, { maxLength: 12 }),
      fc.boolean(),
      (...program) => {
        expect(play(small as unknown as Signals, ...program)).toEqual(play(real, ...program))
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['small', small as unknown as Signals],
  ['real', real as Signals],
])('%s: one that throws stops no other; one that stops itself is gone; what is not read is not kept', (_, signals) => {
  const { signal, computed, effect } = signals
  const source = signal(0)
  const seen: number[] = []
  let computations = 0
  effect(() => {
    if (source.value === 1) throw new Error('mine')
  })
  const stop: () => void = effect(() => {
    if (source.value === 2) stop()
    seen.push(source.value)
  })
  const double = computed(() => {
    computations++
    return source.value * 2
  })
  const told: number[] = []
  const unsubscribe = double.subscribe((value) => {
    told.push(value)
    source.peek()
  })
  expect(() => {
    source.value = 1
  }).toThrow('mine')
  source.value = 2
  source.value = 3
  expect([seen, told]).toEqual([
    [0, 1, 2],
    [0, 2, 4, 6],
  ])
  unsubscribe()
  const before = computations
  source.value = 4
  expect(computations).toBe(before)
  expect([double.value, double.peek()]).toEqual([8, 8])
})

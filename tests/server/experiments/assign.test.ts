import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, isHeldOut } from '../../../server/src/experiments/assign.ts'

const accounts = Array.from({ length: 20_000 }, (_, n) => `account_${n}`)
const arm = (key: string, weight = 1) => ({ key, weight })
const sharesOf = (seed: string, arms: { key: string; weight: number }[]): Record<string, number> => {
  const counts: Record<string, number> = Object.fromEntries(arms.map(({ key }) => [key, 0]))
  for (const account of accounts) {
    const key = assign(seed, account, arms)
    counts[key] = (counts[key] ?? 0) + 1 / accounts.length
  }
  return counts
}
const anyArms = fc.uniqueArray(
  fc.record({ key: fc.stringMatching(/^[a-z]{1,6}$/), weight: fc.integer({ min: 1, max: 9 }) }),
  {
    selector: ({ key }) => key,
    minLength: 1,
    maxLength: 5,
  },
)

describe('the arm of an account', () => {
  it('is the same every time, in whatever order the arms are written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), anyArms, (seed, account, arms) => {
        const key = assign(seed, account, arms)
        expect(arms.map((entry) => entry.key)).toContain(key)
        expect(assign(seed, account, arms)).toBe(key)
        expect(assign(seed, account, [...arms].reverse())).toBe(key)
      }),
    )
  })

  it('has a share of the accounts that comes to its weight', () => {
    for (const weights of [
      [1, 1],
      [1, 1, 1],
      [9, 1],
      [5, 3, 2],
      [0.2, 0.8],
    ]) {
      const arms = weights.map((weight, n) => arm(`arm_${n}`, weight))
      const total = weights.reduce((sum, weight) => sum + weight)
      const shares = sharesOf('prompt:seats_in_use', arms)
      for (const { key, weight } of arms) expect(Math.abs((shares[key] ?? 0) - weight / total)).toBeLessThan(0.015)
    }
  })

  it('is another with a new arm only for the accounts that the new arm takes', () => {
    fc.assert(
      fc.property(anyArms, fc.integer({ min: 1, max: 9 }), fc.nat(5), fc.string(), (arms, weight, at, account) => {
        const more = [...arms.slice(0, at), arm('new_arm', weight), ...arms.slice(at)]
        const [before, after] = [assign('seed', account, arms), assign('seed', account, more)]
        expect([before, 'new_arm']).toContain(after)
      }),
      { numRuns: 1_000 },
    )
  })

  it('stays when another arm is taken away, and nobody leaves an arm that gains weight', () => {
    fc.assert(
      fc.property(anyArms, fc.string(), (arms, account) => {
        const key = assign('seed', account, arms)
        const heavier = arms.map((entry) => (entry.key === key ? arm(key, entry.weight * 2) : entry))
        expect(assign('seed', account, heavier)).toBe(key)
        for (const gone of arms)
          if (gone.key !== key)
            expect(
              assign(
                'seed',
                account,
                arms.filter((entry) => entry !== gone),
              ),
            ).toBe(key)
      }),
    )
  })

  it('says nothing of its arm in another experiment', () => {
    const arms = [arm('a'), arm('b')]
    const both = accounts.filter(
      (account) => assign('one', account, arms) === 'a' && assign('two', account, arms) === 'a',
    )
    expect(Math.abs(both.length / accounts.length - 0.25)).toBeLessThan(0.015)
  })

  it('is never one without weight', () => {
    for (const account of accounts.slice(0, 2_000))
      expect(assign('seed', account, [arm('off', 0), arm('on')])).toBe('on')
  })

  it('does not exist without arms', () => {
    expect(() => assign('prompt:empty', 'acme', [])).toThrow('prompt:empty')
  })
})

describe('a holdout', () => {
  it('has its share of the accounts, and another part of them for each trigger', () => {
    const held = (trigger: string, share: number) => accounts.filter((account) => isHeldOut(trigger, account, share))
    for (const share of [0.05, 0.1, 0.5])
      expect(Math.abs(held('ceiling', share).length / accounts.length - share)).toBeLessThan(0.01)
    const first = new Set(held('ceiling', 0.1))
    const both = held('interest', 0.1).filter((account) => first.has(account))
    expect(Math.abs(both.length / accounts.length - 0.01)).toBeLessThan(0.005)
  })

  it('is nobody at 0, and grows without letting anyone go', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 0.99, noNaN: true }), (account, share) => {
        expect(isHeldOut('ceiling', account, 0)).toBe(false)
        expect(isHeldOut('ceiling', account, share) && !isHeldOut('ceiling', account, share + 0.01)).toBe(false)
      }),
    )
  })
})

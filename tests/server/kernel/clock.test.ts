import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breathe } from '../../../server/src/kernel/breathe.ts'
import { sleep, systemClock, toIso, toIsoOrNull } from '../../../server/src/kernel/clock.ts'
import { createIds, systemRandom } from '../../../server/src/kernel/ids.ts'
import { createRateLimit } from '../../../server/src/kernel/rate.ts'
import { createTestClock } from '../../support/clock.ts'
import { start } from '../samples.ts'

describe('a clock', () => {
  it('ends a wait when its time has come, and not a millisecond before', async () => {
    const clock = createTestClock(start)
    const heard: string[] = []
    const waiting = sleep(clock, 1_000).then(() => heard.push('over'))
    await clock.advance(999)
    expect(heard).toEqual([])
    await clock.advance(1)
    await waiting
    expect(heard).toEqual(['over'])
  })

  it('forgets what was cancelled', async () => {
    const heard: string[] = []
    const clock = createTestClock(start)
    clock.after(5, () => heard.push('never'))()
    await clock.advance(10)
    systemClock.after(0, () => heard.push('never'))()
    await breathe()
    expect(heard).toEqual([])
  })

  it('writes instants in UTC', () => {
    expect([toIso(start), toIsoOrNull(0), toIsoOrNull(null)]).toEqual([
      '2027-03-12T14:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
      null,
    ])
  })
})

describe('ids', () => {
  it('sort by the time at which they were made', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
    fc.assert(
      fc.property(time, time, (a, b) => {
        const made = (at: number) => createIds(createTestClock(at), systemRandom)('qt')
        fc.pre(a !== b)
        expect(made(a) < made(b)).toBe(a < b)
      }),
    )
  })

  it('count up within a millisecond, and carry 64 random bits beside', () => {
    const clock = createTestClock(start)
    const ids = createIds(clock, systemRandom)
    const made = Array.from({ length: 1_000 }, () => ids('evt'))
    expect(new Set(made).size).toBe(1_000)
    expect([...made].sort()).toEqual(made)
    const fixed = createIds(clock, (n) => Buffer.alloc(n, 0xab))
    const time = start.toString(16).padStart(12, '0')
    expect([fixed('qt'), fixed('qt')]).toEqual([`qt_${time}0000${'ab'.repeat(8)}`, `qt_${time}0001${'ab'.repeat(8)}`])
  })
})

describe('a rate limit', () => {
  const refused = (limit: () => void): boolean => {
    try {
      limit()
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited', status: 429 })
      return true
    }
  }

  it('lets its points through in each window and refuses the rest', async () => {
    const clock = createTestClock(start)
    const limit = createRateLimit(clock, { points: 2, seconds: 10 })
    const uses = () => [1, 2, 3, 4].map(() => refused(() => limit('acme')))
    expect(uses()).toEqual([false, false, true, true])
    await clock.advance(9_999)
    expect(uses()).toEqual([true, true, true, true])
    await clock.advance(1)
    expect(uses()).toEqual([false, false, true, true])
  })

  it('counts each key for itself', () => {
    const limit = createRateLimit(createTestClock(start), { points: 1, seconds: 60 })
    expect(['acme', 'birch', 'acme', 'birch'].map((key) => refused(() => limit(key)))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAlarm } from '../../../server/src/delivery/alarm.ts'
import { createTestClock } from '../../support/clock.ts'

const keys = ['a', 'b', 'c', 'd']

describe('the alarm', () => {
  it('rings each key once, at the soonest time it was set to, on one timer', async () => {
    const setting = fc.record({ key: fc.constantFrom(...keys), at: fc.integer({ min: 1, max: 1_000 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(setting, { maxLength: 20 }), async (settings) => {
        const clock = createTestClock(0)
        let timers = 0
        const one = {
          now: clock.now,
          after(ms: number, fn: () => void) {
            timers++
            const cancel = clock.after(ms, () => {
              timers--
              fn()
            })
            return () => {
              timers--
              cancel()
            }
          },
        }
        const rung: [string, number][] = []
        const alarm = createAlarm(one, (key) => rung.push([key, clock.now()]))
        for (const { key, at } of settings) alarm.by(key, at)
        expect(timers).toBe(settings.length === 0 ? 0 : 1)
        await clock.advance(2_000)
        const soonest = keys.flatMap((key) => {
          const times = settings.filter((entry) => entry.key === key).map(({ at }) => at)
          return times.length === 0 ? [] : [[key, Math.min(...times)]]
        })
        expect(rung.sort()).toEqual(soonest)
      }),
      { numRuns: 50 },
    )
  })

  it('does not ring for a key that was forgotten, nor ever for what never comes', async () => {
    const clock = createTestClock(0)
    const rung: string[] = []
    const alarm = createAlarm(clock, (key) => rung.push(key))
    alarm.by('a', 5)
    alarm.by('b', 9)
    alarm.by('c', Number.POSITIVE_INFINITY)
    alarm.forget('a')
    await clock.advance(100)
    expect(rung).toEqual(['b'])
  })

  it('waits for a time that is further than a timer of the machine reaches', async () => {
    const clock = createTestClock(0)
    const rung: number[] = []
    const waits: number[] = []
    const short = {
      now: clock.now,
      after: (ms: number, fn: () => void) => clock.after(waits[waits.push(ms) - 1] ?? 0, fn),
    }
    const far = 100 * 86_400_000
    createAlarm(short, () => rung.push(clock.now())).by('a', far)
    await clock.advance(far)
    expect(rung).toEqual([far])
    expect(Math.max(...waits)).toBeLessThan(2 ** 31)
  })

  it('does not ring without end for who sets it to now whenever it rings', async () => {
    const clock = createTestClock(0)
    let rung = 0
    const alarm = createAlarm(clock, (key) => {
      rung++
      alarm.by(key, clock.now())
    })
    alarm.by('a', 0)
    await clock.advance(10)
    expect(rung).toBe(10)
  })
})

import { expect, it } from 'vitest'
import { dayMs, forecastDays, forecastOf } from '../../../server/src/entitlements/forecast.ts'

const key = Date.UTC(2027, 2, 12)
const cases = 600

type Random = () => number

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** What people use around a mean: counts scatter by chance, and days by more than that. */
const around = (random: Random, mean: number, scatter = 0.2): number => {
  const level = mean * Math.exp(scatter * normal(random))
  return Math.max(0, Math.round(level + Math.sqrt(level) * normal(random)))
}

const weekdays = [1.3, 1.3, 1.2, 1.2, 1.1, 0.4, 0.3]
const onWeekday = (t: number): number => weekdays[((t % 7) + 7) % 7] ?? 1

/** Makes an account: what it uses on day t, counted from today. */
const shapes: Record<string, (random: Random) => (t: number) => number> = {
  steady: (random) => {
    const mean = 10 + 90 * random()
    return () => around(random, mean)
  },
  weekly: (random) => {
    const mean = 10 + 90 * random()
    return (t) => around(random, mean * onWeekday(t))
  },
  growing: (random) => {
    const [mean, growth] = [20 + 60 * random(), 0.01 + 0.015 * random()]
    return (t) => around(random, mean * Math.max(0.2, 1 + growth * t))
  },
  bursty: (random) => {
    const [mean, share] = [30 + 60 * random(), 0.2 + 0.3 * random()]
    return () => (random() < share ? around(random, mean, 0.6) : 0)
  },
  new: (random) => {
    const mean = 10 + 90 * random()
    return (t) => around(random, mean * onWeekday(t), 0.3)
  },
}

const dateOf = (at: number): number => Math.floor(at / dayMs)

/** Whether the range of one account's forecast holds the day on which it then reached its limit; null where there is none. */
function isHeld(shape: string, seed: number): boolean | null {
  const random = createRandom(seed)
  const use = shapes[shape]?.(random)
  if (!use) throw new Error(`There is no shape ${shape}`)
  const known = shape === 'new' ? 7 + Math.floor(8 * random()) : forecastDays
  const past = Array.from({ length: known }, (_, n) => use(n - known))
  const mean = past.slice(-28).reduce((sum, units) => sum + units, 0) / Math.min(28, known)
  const limit = Math.max(1, Math.round(mean * (3 + 30 * random())))
  const now = key + Math.floor(random() * dayMs)
  const days = past.map((added, n) => ({
    feature: 'runs',
    day: key + (n - known) * dayMs,
    period: 0,
    value: '',
    added,
    level: null,
    peak: null,
    keys: 0,
  }))
  const today = { start: key, end: key + dayMs, key }
  const found = forecastOf({ meter: 'consumable', days, today, used: 0, limit, resetsAt: null, now })
  if (!found) return null
  const [earliest, latest] = [Date.parse(found.earliest), Date.parse(found.latest)]
  let used = 0
  let day = 0
  for (; used < limit; day++) used += use(day) * (day === 0 ? (today.end - now) / dayMs : 1)
  const date = dateOf(key) + day - 1
  const open = latest === now + 90 * dayMs
  return dateOf(earliest) <= date && (open || date <= dateOf(latest))
}

it.each(Object.keys(shapes))('the range holds the true day of about four in five %s accounts', (shape) => {
  const all = Array.from({ length: cases }, (_, seed) => isHeld(shape, 7_919 * seed + shape.length))
  const told = all.filter((held) => held !== null)
  expect(told.length).toBeGreaterThan(0.9 * cases)
  const share = told.filter((held) => held).length / told.length
  expect(share).toBeGreaterThanOrEqual(0.7)
  expect(share).toBeLessThanOrEqual(0.9)
})

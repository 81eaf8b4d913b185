import type { EventInput } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { type Admission, admit } from '../../../server/src/metering/admit.ts'
import { periodOf } from '../../../server/src/metering/period.ts'
import { account, day, start, subscription } from '../samples.ts'

const now = start
const iso = (at: number): string => new Date(at).toISOString()
const event = (rest: Partial<EventInput> = {}): EventInput => ({ id: 'e1', name: 'exported', time: iso(now), ...rest })
const context = (rest: Partial<Admission> = {}): Admission => ({
  catalog: config,
  account: account(),
  subscription: subscription(),
  marks: () => [41],
  rest: () => 0,
  now,
  browser: false,
  ...rest,
})
const codeOf = (given: EventInput, rest: Partial<Admission> = {}): string => {
  const admitted = admit(given, context(rest))
  return 'op' in admitted ? 'admitted' : admitted.code
}
const opOf = (given: EventInput, rest: Partial<Admission> = {}) => {
  const admitted = admit(given, context(rest))
  return 'op' in admitted ? admitted.op : null
}

describe('an event', () => {
  it('adds to the counter of its period, and takes along the marks that triggers watch', () => {
    expect(opOf(event({ feature: 'exports', value: 3, user: 'sam' }))).toEqual({
      account: 'acme',
      id: 'e1',
      user: 'sam',
      name: 'exported',
      feature: 'exports',
      period: Date.UTC(2027, 2, 1),
      add: 3,
      level: null,
      time: now,
      day: Date.UTC(2027, 2, 12),
      receivedAt: now,
      properties: null,
      marks: [41],
      bound: null,
    })
  })

  it('states the level of a feature that never resets', () => {
    expect(opOf(event({ feature: 'seats', set: 0 }))).toMatchObject({ add: null, level: 0, period: 0 })
  })

  it('counts one when it names a feature and no amount', () => {
    expect(opOf(event({ feature: 'exports' }))).toMatchObject({ add: 1, level: null })
  })

  it('without a feature is a mere signal', () => {
    expect(opOf(event({ properties: { page: 'slack' } }))).toMatchObject({
      feature: null,
      add: null,
      level: null,
      marks: [],
      properties: { page: 'slack' },
    })
  })

  it('that is late counts in the period in which it happened', () => {
    const late = event({ feature: 'exports', time: iso(Date.UTC(2027, 1, 20)) })
    expect(opOf(late)).toMatchObject({ period: Date.UTC(2027, 1, 1), receivedAt: now })
  })

  test.each<[string, EventInput]>([
    ['invalid_event', event({ time: 'yesterday' })],
    ['invalid_event', event({ value: 1 })],
    ['invalid_event', event({ set: 1 })],
    ['invalid_event', event({ feature: 'exports', value: 1, set: 1 })],
    ['feature_unknown', event({ feature: 'exprots' })],
    ['feature_unknown', event({ feature: 'constructor' })],
    ['feature_not_metered', event({ feature: 'sso' })],
    ['feature_not_metered', event({ feature: 'history_days', set: 3 })],
  ])('is refused as %s: %j', (code, given) => {
    expect(codeOf(given)).toBe(code)
  })

  it('is taken within the window of time, its bounds included, and not a millisecond beyond', () => {
    const { maxAgeDays, maxAheadSeconds } = config.ingest
    const at = (time: number) => codeOf(event({ time: iso(time) }))
    expect(at(now - maxAgeDays * day)).toBe('admitted')
    expect(at(now - maxAgeDays * day - 1)).toBe('time_too_old')
    expect(at(now + maxAheadSeconds * 1_000)).toBe('admitted')
    expect(at(now + maxAheadSeconds * 1_000 + 1)).toBe('time_in_future')
  })
})

describe('an event of a browser', () => {
  const browser = { browser: true }

  test.each<[string, EventInput]>([
    ['admitted', event({ name: 'integration_page_viewed' })],
    ['browser_not_allowed', event({ name: 'payment_received' })],
    ['admitted', event({ feature: 'automations' })],
    ['admitted', event({ feature: 'automations', value: 10 })],
    ['browser_not_allowed', event({ feature: 'automations', value: 11 })],
    ['browser_not_allowed', event({ feature: 'automations', set: 0 })],
    ['browser_not_allowed', event({ feature: 'exports' })],
    ['browser_not_allowed', event({ feature: 'seats', set: 1 })],
  ])('is %s: %j', (code, given) => {
    expect(codeOf(given, browser)).toBe(code)
  })

  it('never does more than one of the server', () => {
    const any = fc.record({
      name: fc.constantFrom('integration_page_viewed', 'x'),
      feature: fc.constantFrom(undefined, 'seats', 'exports', 'automations', 'sso', 'gone'),
      value: fc.constantFrom(undefined, 1, 10, 11),
      set: fc.constantFrom(undefined, 0, 5),
      time: fc.constantFrom(iso(now), iso(now - 40 * day)),
    })
    fc.assert(
      fc.property(any, (rest) => {
        const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
        const asBrowser = opOf(event(given), browser)
        expect(asBrowser === null || JSON.stringify(asBrowser) === JSON.stringify(opOf(event(given)))).toBe(true)
      }),
    )
  })
})

describe('the period of a counter', () => {
  const { api_calls: calls, automations, seats } = config.features
  const of = (feature: typeof calls, rest: Parameters<typeof subscription>[0] = {}, at = now) =>
    feature?.kind === 'metered'
      ? periodOf(feature, { account: account(), subscription: subscription(rest) }, at)
      : undefined

  it('is the one that Stripe says while it lasts, and is reckoned from the anchor beyond it', () => {
    const moved = { anchor: Date.UTC(2027, 2, 10), periodStart: Date.UTC(2027, 2, 5), periodEnd: Date.UTC(2027, 3, 10) }
    expect(of(calls, moved, Date.UTC(2027, 2, 7))?.start).toBe(Date.UTC(2027, 2, 5))
    expect(of(calls, moved, Date.UTC(2027, 3, 10))).toEqual({
      start: Date.UTC(2027, 3, 10),
      end: Date.UTC(2027, 4, 10),
      key: Date.UTC(2027, 3, 10),
    })
    expect(of(calls, moved, Date.UTC(2027, 1, 20))).toEqual({
      start: Date.UTC(2027, 1, 10),
      end: Date.UTC(2027, 2, 10),
      key: Date.UTC(2027, 1, 10),
    })
  })

  it('is a year where the year is paid, and the calendar month where the feature says so', () => {
    const yearly = { interval: 'year' as const, periodEnd: Date.UTC(2028, 2, 1) }
    expect(of(calls, yearly)?.end).toBe(Date.UTC(2028, 2, 1))
    expect(of(automations, yearly)?.end).toBe(Date.UTC(2027, 3, 1))
  })

  it('is the calendar month once the subscription has ended, and none for a level', () => {
    const moved = { anchor: Date.UTC(2027, 2, 10), status: 'canceled' }
    expect(of(calls, moved)?.start).toBe(Date.UTC(2027, 2, 1))
    expect(of(seats)).toBeNull()
  })
})

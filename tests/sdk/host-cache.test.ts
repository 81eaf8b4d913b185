import { createHost, type SoftgateHost } from '@softgate/sdk/host'
import { type Catalog, listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { cleanup } from '../support/cleanup.ts'
import { type Harness, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { withCalls } from '../support/metered.ts'

interface Cached {
  harness: Harness
  host: SoftgateHost
  checks(): number
  cut(broken: boolean): void
}

/** A host with a cache, over real HTTP, connected. */
async function openCached(config?: Catalog): Promise<Cached> {
  const harness = await openHarness(config && { config })
  await subscribe(harness)
  const server = await listen(harness.softgate.app, { port: 0 })
  cleanup(() => server.close())
  let checks = 0
  let broken = false
  let connected = false
  const host = createHost({
    url: server.url,
    secretKey,
    now: harness.clock.now,
    retries: 0,
    cache: true,
    onFailure: () => {},
    fetch: async (input, init) => {
      if (String(input).endsWith('/check')) checks++
      if (broken) throw new Error('connection refused')
      const response = await fetch(input, init)
      if (String(input).endsWith('/stream')) connected = true
      return response
    },
  })
  cleanup(() => host.close())
  await expect.poll(() => connected).toBe(true)
  return {
    harness,
    host,
    checks: () => checks,
    cut: (how) => {
      broken = how
    },
  }
}

const seats = { account: 'acme', feature: 'seats' }

test('the second check is answered from memory, and a change reaches it by the stream', async () => {
  const { harness, host, checks } = await openCached()
  expect(await host.check(seats)).toMatchObject({ state: 'blocked', used: 5, source: 'live' })
  expect(await host.check(seats)).toMatchObject({ state: 'blocked', used: 5, source: 'cache', ageMs: 0 })
  expect(checks()).toBe(1)
  await harness.clock.advance(1_000)
  const time = new Date(harness.clock.now()).toISOString()
  const event = { id: 'left', account: 'acme', name: 'seats_taken', feature: 'seats', set: 3, time }
  await harness.host.ok('POST', '/events', { events: [event] })
  await expect.poll(async () => (await host.check(seats)).used).toBe(3)
  expect(await host.check({ ...seats, quantity: 2 })).toMatchObject({ allowed: true, source: 'cache' })
  expect(checks()).toBe(1)
  // How far a feature may go beyond its limit is not in the decision about one unit.
  expect(await host.check({ ...seats, quantity: 3 })).toMatchObject({ allowed: false, source: 'live' })
  expect(checks()).toBe(2)
})

test('what time alone changes is asked for anew', async () => {
  const { harness, host, checks } = await openCached()
  const exports = { account: 'acme', feature: 'exports' }
  const { resetsAt } = await host.check(exports)
  expect(await host.check(exports)).toMatchObject({ source: 'cache' })
  await harness.clock.advance(Date.parse(resetsAt ?? '') - harness.clock.now() + 1)
  expect(await host.check(exports)).toMatchObject({ used: 0 })
  expect(checks()).toBeGreaterThanOrEqual(1)
})

test('without the backend the last answer is given with its age, and use goes on counting against it', async () => {
  const { harness, host, cut } = await openCached()
  const automations = { account: 'acme', feature: 'exports' }
  const first = await host.check(automations)
  cut(true)
  await harness.softgate.close()
  await harness.clock.advance(5_000)
  expect(await host.check(automations)).toMatchObject({ source: 'cache', ageMs: 5_000, limit: first.limit })
  const { remaining } = first
  expect(await host.consume({ ...automations, quantity: remaining ?? 0 })).toMatchObject({ allowed: true })
  expect(await host.consume(automations)).toMatchObject({ allowed: false, state: 'blocked', source: 'cache' })
})

test('away, what is used beyond a limit stays allowed where it is billed, and as far as a grace goes', async () => {
  const { host, cut } = await openCached(withCalls())
  const calls = { account: 'acme', feature: 'calls' }
  expect(await host.check(calls)).toMatchObject({ limit: 1_000, overage: 0 })
  cut(true)
  await host.track({ ...calls, name: 'called', value: 1_200 })
  expect(await host.check(calls)).toMatchObject({ allowed: true, used: 1_200, overage: 200, source: 'cache' })

  const billed = withCalls()
  const graced = { ...billed.features.calls, beyond: { units: 100 } } as Catalog['features'][string]
  const plans = Object.entries(billed.plans).map(([key, { overage: _, ...plan }]) => [key, plan])
  const other = await openCached({
    ...billed,
    features: { ...billed.features, calls: graced },
    plans: Object.fromEntries(plans),
  })
  expect(await other.host.check(calls)).toMatchObject({ limit: 1_000, graceRemaining: 1_100 })
  other.cut(true)
  await other.host.track({ ...calls, name: 'called', value: 1_099 })
  expect(await other.host.check(calls)).toMatchObject({ allowed: true, remaining: 0, graceRemaining: 1 })
  expect(await other.host.check({ ...calls, quantity: 2 })).toMatchObject({ allowed: false })
  await other.host.track({ ...calls, name: 'called' })
  expect(await other.host.check(calls)).toMatchObject({ allowed: false, reason: 'limit_reached' })
})

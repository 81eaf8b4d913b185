import type { Decision } from '@softgate/sdk'
import { expect, test } from 'vitest'
import { createBrowser, until } from '../support/browser.ts'
import { day, openHarness, subscribe } from '../support/harness.ts'

const consume = (harness: Awaited<ReturnType<typeof openHarness>>, id: string, quantity = 1) =>
  harness.host.ok('POST', '/consume', { id, account: 'acme', feature: 'exports', quantity })

test('a change on the server reaches signals and listeners once, and only the answers that changed', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 3 })
  const browser = createBrowser(harness)
  const { softgate } = browser.open()
  await softgate.ready()
  await browser.pass(2_000)
  const seen: unknown[] = []
  let told = 0
  let seats = 0
  const stops = [
    softgate.decision('exports').subscribe(({ used }) => seen.push(used)),
    softgate.decision('seats').subscribe(() => seats++),
    softgate.subscribe(() => told++),
  ]
  await consume(harness, 'one', 3)
  await until(() => softgate.check('exports').used === 3)
  await browser.pass(5_000)
  expect({ seen, told, seats }).toEqual({ seen: [0, 3], told: 1, seats: 1 })
  for (const stop of stops) stop()
  await consume(harness, 'two')
  await until(() => softgate.check('exports').used === 4)
  expect({ told, seats }).toEqual({ told: 1, seats: 1 })
})

test('a listener that throws harms neither the others nor the connection', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate, warnings } = createBrowser(harness).open()
  await softgate.ready()
  let told = 0
  softgate.subscribe(() => {
    throw new Error('mine')
  })
  softgate.subscribe(() => told++)
  await consume(harness, 'one')
  await until(() => softgate.check('exports').used === 1)
  expect([softgate.connection.value, warnings]).toEqual(['live', Array(told).fill('softgate: listener: mine')])
  expect(told).toBeGreaterThan(0)
})

test('what belongs to the user is pushed too: nothing is asked for while the stream is there', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.ready()
  expect(softgate.state.value?.user).toEqual({ id: 'priya', role: 'owner', may: ['purchase'] })
  await harness.host.ok('PUT', '/accounts/acme/users/priya', { role: 'member' })
  await until(() => softgate.state.value?.user.role === 'member')
  expect(softgate.state.value).toMatchObject({ offers: [], admins: [] })
  await browser.pass(5_000)
  expect(network.sent.map(({ path }) => path)).toEqual(['/v1/stream'])
})

test('an error never overwrites what is known', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  let broken = false
  const { softgate, network } = browser.open({
    window: {
      fetch: (input, init) =>
        broken ? Promise.resolve(new Response('<h1>Bad gateway</h1>', { status: 502 })) : network.fetch(input, init),
    },
  })
  await softgate.ready()
  const known = softgate.state.value
  const kept = () => [...browser.storage.texts.values()].map((text) => JSON.parse(text).state)
  expect(kept()).toEqual([known])
  broken = true
  network.cut()
  await until(() => softgate.connection.value === 'offline')
  await browser.pass(120_000)
  expect(softgate.state.value).toEqual(known)
  expect(kept()).toEqual([known])
  expect(softgate.check('seats')).toMatchObject({ limit: 5, source: 'cache' })
})

test('where streams do not get through, the state is fetched again and again', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  network.blocked = /stream/
  await softgate.ready()
  await consume(harness, 'one', 2)
  await browser.pass(60_000)
  expect(softgate.check('exports')).toMatchObject({ used: 2, source: 'cache' })
  expect(softgate.check('exports').ageMs).toBeLessThan(60_000)
  expect(network.sent.filter(({ path }) => path === '/v1/stream').length).toBeLessThan(15)
})

test('a stream that says nothing for a minute is given up', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  let silent = true
  const { softgate, network } = browser.open({
    window: {
      fetch(input, init) {
        const stream = String(input).endsWith('/stream') && silent
        if (!stream) return network.fetch(input, init)
        const body = new ReadableStream({
          start: (controller) => init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted'))),
        })
        return Promise.resolve(new Response(body))
      },
    },
  })
  await browser.pass(50_000)
  expect(softgate.connection.value).toBe('offline')
  silent = false
  await browser.pass(20_000)
  expect(softgate.check('seats').source).toBe('live')
})

test('eight tabs share one stream; when the one that has it goes, another takes it over', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const tabs = Array.from({ length: 8 }, () => browser.open())
  await Promise.all(tabs.map(({ softgate }) => softgate.ready()))
  const streams = () => tabs.map(({ network }) => network.sent.filter(({ path }) => path === '/v1/stream').length)
  const live = (used: number) =>
    tabs
      .slice(1)
      .every(({ softgate }) => softgate.check('exports').used === used && softgate.connection.value === 'live')
  await consume(harness, 'one')
  await until(() => live(1))
  expect(streams()).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
  tabs[0]?.leave()
  await until(() => streams()[1] === 1)
  await consume(harness, 'two')
  await until(() => live(2))
  expect(streams()).toEqual([1, 1, 0, 0, 0, 0, 0, 0])
})

test('without locks each tab has its own stream', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const tabs = [browser.open({ window: { navigator: {} } }), browser.open({ window: { navigator: undefined } })]
  await Promise.all(tabs.map(({ softgate }) => softgate.ready()))
  expect(tabs.map(({ softgate }) => softgate.check('seats').source)).toEqual(['live', 'live'])
  expect(browser.channels.size).toBe(0)
})

test('when a period ends, the page asks by itself', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  await consume(harness, 'one', 50)
  const { resetsAt } = await harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'exports' })
  await harness.clock.advance(Date.parse(resetsAt ?? '') - harness.clock.now() - 60_000)
  const { softgate } = browser.open()
  await softgate.ready()
  expect(softgate.check('exports')).toMatchObject({ allowed: false, remaining: 0, resetsAt })
  await browser.pass(80_000)
  expect(softgate.check('exports')).toMatchObject({ allowed: true, used: 0 })
  expect(Date.parse(softgate.check('exports').resetsAt ?? '')).toBeGreaterThan(harness.clock.now() + 20 * day)
})

test('a page that is kept for the way back lets its lock go, and is live again when it is shown', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const tab = browser.open()
  await tab.softgate.ready()
  tab.leave()
  expect(browser.channels.size).toBe(0)
  await consume(harness, 'one')
  tab.window.show()
  await until(() => tab.softgate.check('exports').used === 1 && tab.softgate.connection.value === 'live')
  expect(tab.softgate.check('exports').source).toBe('live')
})

const silent = (): Promise<Response> => new Promise(() => {})
const page = async (): Promise<Response> => new Response('<html>Sign in to the guest network</html>')

for (const [name, fetch] of Object.entries({ silent, page }))
  test(`a backend that gives no answer (${name}) is offline after two seconds, not for ever on its way`, async () => {
    const harness = await openHarness()
    await subscribe(harness)
    const browser = createBrowser(harness)
    const before = browser.open()
    await before.softgate.refresh()
    before.leave()
    const { softgate } = browser.open({ window: { fetch } })
    expect(softgate.connection.value).toBe('connecting')
    await browser.pass(2_000)
    expect(softgate.connection.value).toBe('offline')
    expect(softgate.check('seats')).toMatchObject({ used: 5, source: 'cache' })
  })

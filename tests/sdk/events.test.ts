import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { type Browser, createBrowser, type Network, until } from '../support/browser.ts'
import { type Harness, openHarness, subscribe } from '../support/harness.ts'
import { openStale } from '../support/stale-token.ts'

const used = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })).used

const run = { feature: 'automations', value: 1 }
/** The events in the storage, as JSON. */
const kept = ({ storage }: Browser): string[] =>
  [...storage.texts]
    .filter(([key]) => / \d/.test(key))
    .flatMap(([, text]) => JSON.parse(text).map((event: object) => JSON.stringify(event)))
const sentEvents = (...networks: Network[]): { id: string; time: string }[] =>
  networks.flatMap(({ sent }) =>
    sent.filter(({ path }) => path === '/v1/events').flatMap(({ body }) => JSON.parse(body).events),
  )

test('a thousand events over a hundred flips of the network arrive exactly once', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network, window, warnings } = browser.open()
  await softgate.ready()
  for (let flip = 0; flip < 100; flip++) {
    network.online = flip % 2 === 1
    // Now and then the server counts and the reply is lost: only a repeat under the same id is right then.
    network.loseReplies = flip % 7 === 3
    if (!network.online) network.cut()
    else window.dispatchEvent(new Event('online'))
    for (let i = 0; i < 10; i++) softgate.track('automation_run', run)
    await browser.pass(500)
  }
  network.online = true
  network.loseReplies = false
  await browser.pass(90_000)
  expect(await used(harness)).toBe(1_000)
  expect([kept(browser), warnings]).toEqual([[], []])
  const times = new Map<string, Set<string>>()
  for (const { id, time } of sentEvents(network)) times.set(id, (times.get(id) ?? new Set()).add(time))
  expect(times.size).toBe(1_000)
  expect([...times.values()].every((set) => set.size === 1)).toBe(true)
  expect(sentEvents(network).length).toBeGreaterThan(1_000)
})

test('events wait a moment and go together; fifty go at once', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.ready()
  for (let i = 0; i < 3; i++) softgate.track('automation_run', run)
  await browser.pass(500)
  expect(sentEvents(network)).toHaveLength(0)
  await browser.pass(500)
  expect(sentEvents(network)).toHaveLength(3)
  for (let i = 0; i < 120; i++) softgate.track('automation_run', run)
  await softgate.flush()
  expect(
    network.sent.filter(({ path }) => path === '/v1/events').map(({ body }) => JSON.parse(body).events.length),
  ).toEqual([3, 120])
  expect(await used(harness)).toBe(123)
})

test('events survive the page, also those from before anybody was known', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const first = browser.open({ token: () => Promise.reject(new Error('down')) })
  first.softgate.track('automation_run', run)
  first.softgate.close()
  expect(kept(browser)).toHaveLength(1)
  const second = browser.open()
  second.network.blocked = /events/
  await second.softgate.ready()
  second.softgate.track('automation_run', run)
  second.softgate.close()
  await until(() => second.network.pending === 0)
  expect(kept(browser)).toHaveLength(2)
  const third = browser.open()
  await third.softgate.ready()
  await third.softgate.flush()
  expect([await used(harness), kept(browser)]).toEqual([2, []])
})

test('what is left unsent of one user is not sent as another', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const priya = browser.open()
  await priya.softgate.ready()
  priya.network.online = false
  priya.softgate.track('automation_run', run)
  priya.softgate.close()
  const sam = browser.open({ user: 'sam' })
  await sam.softgate.ready()
  await sam.softgate.flush()
  expect([await used(harness), kept(browser).length]).toEqual([0, 1])
})

test('a page that is left sends at most 48 KB, and the next page the rest, each once', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network, leave } = browser.open()
  await softgate.ready()
  const words = 'ж'.repeat(900)
  for (let i = 0; i < 45; i++) softgate.track('automation_run', { ...run, properties: { a: words, b: words } })
  leave()
  const bodies = network.sent.filter(({ path }) => path === '/v1/events')
  expect(bodies.length).toBeGreaterThan(0)
  expect(bodies.every(({ keepalive }) => keepalive)).toBe(true)
  const bytes = bodies.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
  expect(bytes).toBeGreaterThan(32 * 1_024)
  expect(bytes).toBeLessThanOrEqual(48 * 1_024)
  await until(() => network.pending === 0)
  const next = browser.open()
  await next.softgate.ready()
  await next.softgate.flush()
  expect([await used(harness), kept(browser)]).toEqual([45, []])
})

test('no more than 256 KB wait; the oldest go, and it is said', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network, warnings } = browser.open()
  await softgate.ready()
  network.online = false
  for (let i = 0; i < 300; i++) softgate.track('automation_run', { ...run, properties: { a: 'x'.repeat(900), i } })
  const left = kept(browser)
  expect(left.join().length).toBeLessThanOrEqual(256_000)
  expect(left.at(-1)).toContain('"i":299')
  const lost = 300 - left.length
  expect([lost > 0, warnings]).toEqual([true, Array(lost).fill('softgate: too many events')])
})

test('ever longer pauses, half a minute on average in the end', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.ready()
  network.blocked = /events/
  softgate.track('automation_run', run)
  await browser.pass(60_000)
  expect(sentEvents(network)).toHaveLength(6)
  await browser.pass(180_000)
  expect(sentEvents(network)).toHaveLength(12)
  network.blocked = null
  await browser.pass(60_000)
  expect(await used(harness)).toBe(1)
})

test('a rejected event is dropped with a warning and takes no other down', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, warnings } = browser.open()
  await softgate.ready()
  softgate.track('export_made', { feature: 'exports', value: 1 })
  softgate.track('automation_run', run)
  await softgate.flush()
  expect([await used(harness), kept(browser)]).toEqual([1, []])
  expect(warnings).toEqual([expect.stringContaining('softgate: Use of exports is reported by')])
  softgate.track('unheard_of')
  await softgate.flush()
  expect([warnings.length, kept(browser)]).toEqual([2, []])
  expect(warnings[1]).toContain('events: POST /v1/events: None of the 1 events was accepted. ')
  expect(warnings[1]).toContain('unheard_of')
  const circle: Record<string, never> = {}
  Object.assign(circle, { circle })
  softgate.track('automation_run', { ...run, properties: circle })
  expect(warnings.at(-1)).toContain('softgate: track automation_run: ')
})

const statuses = { never: [400, 401, 403, 404, 413, 422], later: [408, 429, 500, 503] }

test('a batch that the server will never take is dropped with its reason; one that it may take is sent again', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  let status: number | null = null
  const { softgate, network, warnings } = browser.open({
    window: {
      fetch: async (input, init) =>
        status !== null && String(input).endsWith('/events')
          ? Response.json({ code: 'invalid_request', status, detail: `No, ${status}.` }, { status })
          : network.fetch(input, init),
    },
  })
  await softgate.ready()
  for (const refused of statuses.never) {
    status = refused
    softgate.track('automation_run', run)
    await softgate.flush()
    status = null
    await browser.pass(60_000)
    expect([kept(browser), await used(harness)]).toEqual([[], 0])
  }
  expect(warnings).toEqual(statuses.never.map((refused) => expect.stringContaining(`No, ${refused}.`)))
  for (const [index, passing] of statuses.later.entries()) {
    status = passing
    softgate.track('automation_run', run)
    await softgate.flush()
    expect(kept(browser)).toHaveLength(1)
    status = null
    await browser.pass(60_000)
    expect([kept(browser), await used(harness)]).toEqual([[], index + 1])
  }
  expect(warnings).toHaveLength(statuses.never.length)
})

test('events that come with a token of yesterday are sent again with a new one', async () => {
  const { harness, browser, softgate, network, warnings, fetched } = await openStale()
  network.blocked = /stream|state/
  softgate.track('automation_run', run)
  await softgate.flush()
  expect([fetched(), sentEvents(network).length, await used(harness), kept(browser), warnings]).toEqual([
    2,
    2,
    1,
    [],
    [],
  ])
})

test('each tab sends its own events; what a tab that is gone has left is sent by the next, and counts once', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const tabs = [browser.open(), browser.open()]
  await Promise.all(tabs.map(({ softgate }) => softgate.ready()))
  for (const { softgate } of tabs) for (let i = 0; i < 5; i++) softgate.track('automation_run', run)
  // A third comes while theirs wait: it takes over what is stored, and so it is sent twice.
  await browser.open().softgate.ready()
  await until(() => tabs.every(({ timers }) => timers.size > 0))
  await browser.pass(2_000)
  expect(tabs.map(({ network }) => sentEvents(network).length)).toEqual([5, 5])
  expect([await used(harness), kept(browser)]).toEqual([10, []])
})

test('where nothing can be stored, events and state live in memory', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  for (const fail of ['full', 'forbidden'] as const) {
    browser.storage.fail = fail
    const tabs = [browser.open(), browser.open()]
    await Promise.all(tabs.map(({ softgate }) => softgate.ready()))
    const before = (await used(harness)) ?? 0
    for (const { softgate } of tabs) softgate.track('automation_run', run)
    for (const { softgate } of tabs) await softgate.flush()
    expect(await used(harness)).toBe(before + 2)
    expect(tabs.map(({ softgate, warnings }) => [softgate.check('seats').source, warnings])).toEqual([
      ['live', []],
      ['live', []],
    ])
    for (const { softgate } of tabs) softgate.close()
  }
  expect(browser.storage.texts.size).toBe(0)
})

test('garbage in the storage is no state and no event', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { texts } = browser.storage
  for (const garbage of ['', '{', '[]', 'null', '{"at":1}', '{"at":1,"state":{"features":{"seats":5}}}']) {
    texts.set('softgate:http://softgate.test', garbage)
    texts.set('softgate:http://softgate.test acme priya 0', garbage)
    const { softgate } = browser.open()
    expect(softgate.check('seats')).toMatchObject({ source: 'default' })
    softgate.track('automation_run', run)
    await softgate.ready()
    await softgate.flush()
    expect([softgate.check('seats').source, kept(browser)]).toEqual(['live', []])
    expect(texts.has('softgate:http://softgate.test acme priya 0')).toBe(false)
    softgate.close()
  }
  expect(await used(harness)).toBe(6)
})

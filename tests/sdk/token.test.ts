import { expect, test } from 'vitest'
import { createBrowser, until } from '../support/browser.ts'
import { hour, minute, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { openStale } from '../support/stale-token.ts'

test('one fetch serves all who wait, and a token is renewed before it ends', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  let fetched = 0
  const statuses: number[] = []
  const { softgate, network } = browser.open({
    token() {
      fetched++
      return harness.token('acme', 'priya')
    },
    window: {
      async fetch(input, init) {
        const response = await network.fetch(input, init)
        statuses.push(response.status)
        return response
      },
    },
  })
  await Promise.all([softgate.ready(), softgate.send('GET /v1/requests'), softgate.send('GET /v1/requests')])
  expect(fetched).toBe(1)
  await browser.pass(13 * minute)
  await Promise.all([softgate.send('GET /v1/requests'), softgate.send('GET /v1/requests')])
  expect(fetched).toBe(2)
  await browser.pass(hour)
  expect(softgate.check('seats').source).toBe('live')
  expect(statuses).not.toContain(401)
  expect(fetched).toBeLessThan(9)
})

test('a refused token is replaced once; a second refusal is an answer', async () => {
  const { browser, old, softgate, fetched } = await openStale()
  await softgate.ready()
  expect([fetched(), softgate.check('seats').source]).toEqual([2, 'live'])
  softgate.close()
  let tried = 0
  const stale = browser.open({
    token() {
      tried++
      return old
    },
  })
  await browser.pass(10 * minute)
  expect(tried).toBeLessThan(60)
  expect(stale.softgate.check('seats').source).toBe('cache')
})

test('while the token endpoint is down, it is asked ever more rarely and the page lives on', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  let down = false
  let asked = 0
  const { softgate } = browser.open({
    token() {
      asked++
      return down ? Promise.reject(new Error('502')) : harness.token('acme', 'priya')
    },
  })
  await softgate.ready()
  down = true
  await browser.pass(20 * minute)
  const so = asked
  await browser.pass(10 * minute)
  expect(asked - so).toBeLessThan(25)
  expect(softgate.check('seats')).toMatchObject({ limit: 5, source: 'cache' })
  expect(await softgate.gate('seats')).toMatchObject({ outcome: 'unavailable' })
  down = false
  await browser.pass(3 * minute)
  expect(softgate.check('seats').source).toBe('live')
})

test('a secret key that is given as a token goes nowhere', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network, warnings } = browser.open({ token: () => secretKey })
  await until(() => warnings.length > 0)
  await browser.pass(minute)
  expect(warnings[0]).toContain('softgate: token()')
  expect(network.sent).toEqual([])
  expect(JSON.stringify([...browser.storage.texts, ...warnings])).not.toContain(secretKey)
  expect(softgate.check('seats').source).toBe('default')
})

test('what is no token, or never comes, is a failure like any other', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  for (const token of ['', '<html>Sign in</html>', 'a.b.c', null as never]) {
    const { softgate, warnings } = browser.open({ token: () => token })
    await until(() => warnings.length > 0)
    expect(softgate.check('seats').allowed).toBe(false)
    softgate.close()
  }
  let asked = 0
  const hanging = browser.open({
    token: () => (asked++ === 0 ? new Promise<string>(() => {}) : harness.token('acme', 'priya')),
  })
  await browser.pass(15_000)
  expect(hanging.softgate.check('seats').source).toBe('live')
})

test('a clock that is ten years off changes nothing: the server’s time counts', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const years = 10 * 365 * 24 * hour
  for (const off of [years, -years]) {
    const { softgate, warnings } = browser.open({ window: { Date: { now: () => harness.clock.now() + off } } })
    await softgate.ready()
    softgate.track('automation_run', { feature: 'automations' })
    await softgate.flush()
    expect([warnings, softgate.check('seats').source]).toEqual([[], 'live'])
    softgate.close()
  }
  expect(await harness.host.ok('POST', '/check', { account: 'acme', feature: 'automations' })).toMatchObject({
    used: 2,
  })
})

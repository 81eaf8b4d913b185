import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { createBrowser, createNetwork, until } from '../support/browser.ts'
import { hour, openHarness, subscribe } from '../support/harness.ts'
import { call, withCalls } from '../support/metered.ts'

test('after ready, check answers live from the state, and for more units from the same numbers', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 3 })
  const { softgate } = createBrowser(harness).open()
  await softgate.ready()
  expect(softgate.check('seats')).toMatchObject({
    allowed: true,
    limit: 5,
    used: 3,
    remaining: 2,
    source: 'live',
    ageMs: 0,
  })
  expect(softgate.check('seats', 2)).toMatchObject({ allowed: true, reason: 'within_limit' })
  expect(softgate.check('seats', 3)).toMatchObject({
    allowed: false,
    state: 'blocked',
    reason: 'limit_reached',
    source: 'live',
  })
  expect(softgate.check('seats', 3)).toEqual(
    await harness.host.ok('POST', '/check', { account: 'acme', feature: 'seats', quantity: 3 }),
  )
  expect(softgate.check('sso')).toMatchObject({ allowed: false, state: 'locked' })
  expect(softgate.check('sso', 7)).toEqual(softgate.check('sso'))
})

test('where more than the limit is billed, more units are allowed, as the server says', async () => {
  const harness = await openHarness({ config: withCalls() })
  await subscribe(harness)
  const { softgate } = createBrowser(harness).open()
  await softgate.ready()
  for (const calls of [990, 10, 5]) {
    await call(harness, calls)
    await softgate.refresh()
    for (const quantity of [1, 20]) {
      const said = await harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'calls', quantity })
      const { allowed, used, overage } = softgate.check('calls', quantity)
      expect([allowed, used, overage]).toEqual([true, said.used, said.overage])
    }
  }
})

test('where grace lets more pass, as many units are allowed as the server says, and no more', async () => {
  const { exports } = teamflow.features
  if (exports?.kind !== 'metered') throw new Error('TeamFlow counts no exports')
  for (const beyond of [{ units: 3 }, { percent: 10, days: 2 }, { days: 2 }]) {
    const features = { ...teamflow.features, exports: { ...exports, beyond } }
    const harness = await openHarness({ config: { ...teamflow, features } })
    await subscribe(harness)
    const { softgate } = createBrowser(harness).open()
    await softgate.ready()
    for (const [step, units] of [48, 2, 1, 2].entries()) {
      const take = { id: `take-${step}`, account: 'acme', feature: 'exports', quantity: units }
      await harness.host.ok('POST', '/consume', take)
      await softgate.refresh()
      for (const quantity of [1, 2, 3, 5, 8, 60]) {
        const said = await harness.host.ok<Decision>('POST', '/check', {
          account: 'acme',
          feature: 'exports',
          quantity,
        })
        expect([step, quantity, softgate.check('exports', quantity).allowed]).toEqual([step, quantity, said.allowed])
      }
    }
    softgate.close()
  }
})

test('a feature nobody knows is answered by its declared default, and refused without one', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate } = createBrowser(harness).open({ defaults: { beta: true } })
  expect(softgate.check('seats')).toMatchObject({ allowed: false, source: 'default' })
  await softgate.ready()
  expect(softgate.check('beta')).toMatchObject({
    feature: 'beta',
    allowed: true,
    reason: 'unknown',
    limit: null,
    source: 'default',
  })
  for (const name of ['gamma', '__proto__', 'constructor', ''])
    expect(softgate.check(name)).toMatchObject({ allowed: false, source: 'default' })
})

test('a start without a backend answers from the state of the last page, with its age', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const before = browser.open()
  await before.softgate.ready()
  const known = before.softgate.check('seats')
  before.leave()
  before.softgate.close()
  await harness.clock.advance(hour)
  const network = createNetwork(harness)
  network.online = false
  const { softgate } = browser.open({ network, token: () => Promise.reject(new Error('down')) })
  await softgate.ready()
  expect(softgate.check('seats')).toEqual({ ...known, source: 'cache', ageMs: hour })
  expect(softgate.connection.value).toBe('offline')
})

test('when the connection is lost, answers say so and grow old; when it is back, they are live again', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.ready()
  // The server says every 25 seconds that what is known is still so.
  await browser.pass(55_000)
  network.online = false
  network.cut()
  await until(() => softgate.connection.value === 'offline')
  await harness.clock.advance(200)
  expect(softgate.check('seats')).toMatchObject({ limit: 5, source: 'cache', ageMs: 5_200 })
  network.online = true
  await browser.pass(60_000)
  expect(softgate.check('seats')).toMatchObject({ source: 'live', ageMs: 0 })
})

test('the state of one user is never answered to another, and goes when signing out says so', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const priya = browser.open()
  await priya.softgate.ready()
  priya.softgate.close()
  const sam = browser.open({ user: 'sam' })
  await sam.softgate.ready()
  expect(sam.softgate.state.value?.user).toMatchObject({ id: 'sam', may: [] })
  expect(JSON.stringify([...browser.storage.texts])).not.toContain('priya')
  sam.softgate.close({ forget: true })
  expect(JSON.stringify([...browser.storage.texts])).not.toContain('features')
  expect(sam.softgate.state.value).toBeNull()
})

test('a token for somebody else in the middle of a page starts a session of theirs', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  let user = 'priya'
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open({ token: () => harness.token('acme', user) })
  await softgate.ready()
  user = 'sam'
  await browser.pass(hour / 4)
  network.cut()
  await browser.pass(5_000)
  expect([softgate.state.value?.user.id, softgate.connection.value]).toEqual(['sam', 'live'])
})

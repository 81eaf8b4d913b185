import type { PromptControls, Softgate } from '@softgate/sdk'
import { expect, test } from 'vitest'
import { createBrowser, until } from '../support/browser.ts'
import { minute, openHarness, subscribe } from '../support/harness.ts'

async function buy(softgate: Softgate, offer: string | undefined, quantity: number): Promise<void> {
  const quote = await softgate.quote(offer ?? '', { quantity })
  expect(await softgate.upgrade(quote.id)).toMatchObject({ status: 'applied' })
}

test('what is allowed live is allowed at once, without a request', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 3 })
  const { softgate, network } = createBrowser(harness).open()
  await softgate.ready()
  expect(await softgate.gate('seats', { quantity: 2 })).toMatchObject({
    allowed: true,
    outcome: 'allowed',
    prompt: null,
  })
  expect(network.sent.some(({ path }) => path === '/v1/gates')).toBe(false)
})

test('blocked, shown, bought: the gate opens when the state shows it', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate } = createBrowser(harness).open()
  await softgate.ready()
  softgate.onPrompt(async ({ prompt, quantity, decision }) => {
    expect([prompt.way, decision.state]).toEqual(['buy', 'blocked'])
    await buy(softgate, prompt.offer?.id, quantity)
    expect(softgate.check('seats', quantity).allowed).toBe(true)
    return 'upgraded'
  })
  const result = await softgate.gate('seats', { quantity: 2, placement: 'invite' })
  expect(result).toMatchObject({
    allowed: true,
    outcome: 'upgraded',
    decision: { limit: 7, remaining: 2, source: 'live' },
  })
})

test('bought elsewhere while the prompt is open: the gate opens and the prompt is told', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate } = browser.open()
  await softgate.ready()
  const shown: PromptControls[] = []
  softgate.onPrompt((_, controls) => {
    shown.push(controls)
    return new Promise(() => {})
  })
  const gate = softgate.gate('seats')
  await until(() => shown.length === 1)
  const { offers } = await harness.as('acme', 'priya').ok<{ offers: { id: string }[] }>('GET', '/state')
  const quote = await harness.as('acme', 'priya').ok<{ id: string }>('POST', '/quotes', { offer: offers[0]?.id })
  await harness.as('acme', 'priya').ok('POST', '/upgrades', { quote: quote.id })
  expect(await gate).toMatchObject({ allowed: true, outcome: 'upgraded' })
  expect(shown[0]?.signal.aborted).toBe(true)
})

test('requested and dismissed are what the presenter says, and nothing is allowed', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate } = createBrowser(harness).open({ user: 'sam' })
  await softgate.ready()
  const stop = softgate.onPrompt(async ({ prompt, quantity }) => {
    expect(prompt.way).toBe('ask')
    await softgate.request('seats', { quantity, note: 'Maya joins on Monday' })
    return 'requested'
  })
  expect(await softgate.gate('seats', { quantity: 2 })).toMatchObject({ allowed: false, outcome: 'requested' })
  expect(await softgate.send('GET /v1/requests')).toMatchObject({
    requests: [{ user: 'sam', feature: 'seats', quantity: 2, status: 'open' }],
  })
  const again = softgate.onPrompt(async () => 'dismissed')
  stop()
  expect(await softgate.gate('seats')).toMatchObject({ allowed: false, outcome: 'dismissed' })
  again()
  expect(await softgate.gate('seats')).toMatchObject({ outcome: 'dismissed', prompt: { way: 'ask' } })
})

test('without a presenter the prompt is handed to the host', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate } = createBrowser(harness).open()
  await softgate.ready()
  const result = await softgate.gate('sso')
  expect(result).toMatchObject({
    allowed: false,
    outcome: 'dismissed',
    decision: { state: 'locked' },
    prompt: { offer: { title: 'Professional' } },
  })
  const { delivery = '' } = result.prompt ?? {}
  const said = await softgate.send('POST /v1/prompts/{delivery}/outcome', { outcome: 'dismissed' }, { id: delivery })
  expect(said).toMatchObject({ delivery, outcome: 'dismissed' })
})

test('attempts at one feature share the question, and each is answered for its own quantity', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const { softgate, network } = createBrowser(harness).open()
  await softgate.ready()
  let shown = 0
  softgate.onPrompt(async ({ prompt, quantity }) => {
    shown++
    await buy(softgate, prompt.offer?.id, quantity)
    return 'upgraded'
  })
  const results = await Promise.all([
    softgate.gate('seats'),
    softgate.gate('seats'),
    softgate.gate('seats', { quantity: 3 }),
  ])
  expect(results.map(({ allowed, outcome }) => [allowed, outcome])).toEqual([
    [true, 'upgraded'],
    [true, 'upgraded'],
    [false, 'upgraded'],
  ])
  expect([shown, network.sent.filter(({ path }) => path === '/v1/gates').length]).toEqual([1, 1])
})

test('without a backend a gate says what was known last', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 3 })
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.ready()
  network.online = false
  network.cut()
  await until(() => softgate.connection.value === 'offline')
  expect(await softgate.gate('seats')).toMatchObject({
    allowed: true,
    outcome: 'unavailable',
    decision: { source: 'cache' },
  })
  expect(await softgate.gate('sso')).toMatchObject({ allowed: false, outcome: 'unavailable' })
  expect(await softgate.gate('nothing')).toMatchObject({
    allowed: false,
    outcome: 'unavailable',
    decision: { source: 'default' },
  })
})

test('a state that is behind asks the server, and believes it', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  network.blocked = /stream/
  await softgate.ready()
  // Of two levels of the same instant neither is the later.
  await harness.clock.advance(1_000)
  await harness.host.ok('POST', '/events', {
    events: [
      {
        id: 'left',
        account: 'acme',
        name: 'seats_taken',
        feature: 'seats',
        set: 4,
        time: new Date(harness.clock.now()).toISOString(),
      },
    ],
  })
  expect(softgate.check('seats').allowed).toBe(false)
  expect(await softgate.gate('seats')).toMatchObject({ allowed: true, outcome: 'allowed' })
  expect(softgate.check('seats').allowed).toBe(true)
  await harness.clock.advance(1_000)
  await harness.host.ok('POST', '/consume', { id: 'back', account: 'acme', feature: 'seats' })
  softgate.onPrompt(async () => 'dismissed')
  expect(await softgate.gate('seats')).toMatchObject({ allowed: false, outcome: 'dismissed' })
})

test('a presenter that fails, or promises what never shows, leaves nobody waiting', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, warnings } = browser.open()
  await softgate.ready()
  softgate.onPrompt(() => {
    throw new Error('no room')
  })
  expect(await softgate.gate('seats')).toMatchObject({ allowed: false, outcome: 'dismissed' })
  expect(warnings).toEqual(['softgate: gate seats: no room'])
  let shown = false
  softgate.onPrompt(async () => {
    shown = true
    return 'upgraded'
  })
  const gate = softgate.gate('seats')
  await until(() => shown)
  await browser.pass(minute)
  expect(await gate).toMatchObject({ allowed: false, outcome: 'unavailable' })
  softgate.onPrompt(() => new Promise(() => {}))
  const last = softgate.gate('seats')
  await browser.pass(500)
  softgate.close()
  expect(await last).toMatchObject({ allowed: false, outcome: 'unavailable' })
})

test('refusals reject with their code, and are not sent again', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open({ user: 'sam' })
  await softgate.ready()
  await expect(softgate.quote('off_x')).rejects.toMatchObject({
    name: 'SoftgateError',
    code: 'purchase_not_allowed',
    status: 403,
  })
  expect(network.sent.filter(({ path }) => path === '/v1/quotes')).toHaveLength(1)
  network.online = false
  const lost = expect(softgate.send('GET /v1/requests')).rejects.toMatchObject({ code: 'unreachable', status: null })
  await browser.pass(20_000)
  await lost
  expect(network.sent.filter(({ path }) => path === '/v1/requests')).toHaveLength(3)
})

test('a member takes the own request back, which nobody else can', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate } = browser.open({ user: 'sam', token: () => harness.token('acme', 'sam', []) })
  await softgate.ready()
  const { id, status } = await softgate.request('seats', { quantity: 2 })
  expect(status).toBe('open')
  const { softgate: other } = browser.open({ user: 'priya' })
  await expect(other.send('DELETE /v1/requests/{id}', undefined, { id })).rejects.toMatchObject({
    code: 'request_unknown',
  })
  expect(await softgate.send('DELETE /v1/requests/{id}', undefined, { id })).toMatchObject({ id, status: 'withdrawn' })
  await expect(softgate.send('DELETE /v1/requests/{id}', undefined, { id })).rejects.toMatchObject({
    code: 'request_closed',
  })
})

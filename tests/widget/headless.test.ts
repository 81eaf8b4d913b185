import { computed, signal } from '@preact/signals-core'
import type { Quote } from '@softgate/sdk/contract'
import { createMeter, createUpgradeFlow } from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import { createBrowser, until } from '../support/browser.ts'
import { day, openHarness, subscribe } from '../support/harness.ts'

const open = async (card?: string) => {
  const harness = await openHarness()
  await subscribe(harness, card ? { card } : {})
  await harness.clock.advance(10 * day)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.refresh()
  return { harness, browser, softgate, network }
}

test('a meter says what is used, and how old it is when there is no connection', async () => {
  const { harness, softgate, browser, network } = await open()
  const meter = createMeter({ softgate: signal(softgate), feature: signal('seats'), now: harness.clock.now })
  await until(() => meter.value?.state === 'blocked')
  expect(meter.value).toMatchObject({ used: 5, limit: 5, fill: 1, staleAt: null })
  network.online = false
  network.cut()
  await browser.pass(1_000)
  expect(meter.value).toMatchObject({ used: 5, limit: 5, staleAt: expect.any(Number) })
})

test('the flow buys what it shows, once, however often it is confirmed', async () => {
  const { harness, softgate, network } = await open()
  const page = { now: harness.clock.now, after: harness.clock.after, leave: () => {} }
  const flow = createUpgradeFlow({
    softgate: computed(() => softgate),
    page,
    stripe: async () => Promise.reject(new Error('no page')),
  })
  softgate.onPrompt(flow.present)
  const gate = softgate.gate('seats', { quantity: 2 })
  await until(() => flow.quote.value !== null)
  const shown = flow.quote.value as Quote
  expect(flow.quantity.value).toBe(2)
  await Promise.all([flow.confirm(), flow.confirm()])
  expect(flow.step.value).toBe('done')
  expect(await gate).toMatchObject({ allowed: true, outcome: 'upgraded' })
  expect(flow.upgrade.value?.invoice?.amountPaid).toEqual(shown.dueNow)
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toHaveLength(1)
  await flow.confirm()
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toHaveLength(1)
})

test('a burst of steps is one question for the price', async () => {
  const { harness, softgate, network } = await open()
  const page = { now: harness.clock.now, after: harness.clock.after, leave: () => {} }
  const flow = createUpgradeFlow({
    softgate: computed(() => softgate),
    page,
    stripe: async () => Promise.reject(new Error('no page')),
  })
  softgate.onPrompt(flow.present)
  void softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  for (const quantity of [2, 3, 4]) flow.setQuantity(quantity)
  expect(flow.waiting.value).toBe('pending')
  await flow.confirm()
  await harness.clock.advance(150)
  await until(() => flow.waiting.value === 'no')
  expect(flow.quote.value?.quantity).toBe(4)
  expect(network.sent.filter(({ path }) => path === '/v1/quotes')).toHaveLength(2)
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toEqual([])
  flow.dispose()
})

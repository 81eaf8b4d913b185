import { createSoftgate } from '@softgate/sdk'
import { expect, test } from 'vitest'
import { breathe } from '../../server/src/kernel/breathe.ts'
import { createBrowser } from '../support/browser.ts'
import { openHarness, subscribe } from '../support/harness.ts'

test('ready comes within 2 seconds whatever is down', async () => {
  const harness = await openHarness()
  const browser = createBrowser(harness)
  const never = () => new Promise<never>(() => {})
  const pages = [
    browser.open({ token: never }),
    browser.open({ token: () => Promise.reject(new Error('down')) }),
    browser.open({ window: { fetch: never }, token: () => harness.token('acme', 'priya') }),
    browser.open({ window: { fetch: () => Promise.reject(new TypeError('Failed to fetch')) } }),
    browser.open({ window: { fetch: () => Promise.resolve(new Response('', { status: 500 })) } }),
    browser.open(), // the account does not exist
  ]
  let come = 0
  for (const { softgate } of pages) void softgate.ready().then(() => come++)
  await browser.pass(2_000)
  await breathe()
  expect(come).toBe(pages.length)
  expect(pages.map(({ softgate }) => softgate.check('seats').source)).toEqual(pages.map(() => 'default'))
})

test('after close nothing is sent or heard, whenever it comes, and soon no timer is left', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  for (const wait of [0, 1, 1_500]) {
    const tab = browser.open()
    const other = browser.open()
    if (wait > 1) await tab.softgate.ready()
    tab.softgate.track('integration_page_viewed')
    other.softgate.track('integration_page_viewed')
    tab.softgate.onPrompt(() => new Promise(() => {}))
    void tab.softgate.gate('seats')
    await browser.pass(wait)
    for (const { softgate } of [tab, other]) softgate.close()
    await browser.pass(5_000)
    for (const { window } of [tab, other]) expect(window.listeners).toBe(0)
    expect([browser.channels.size, tab.softgate.connection.value]).toEqual([0, 'closed'])
    const sent = tab.network.sent.length
    await browser.pass(120_000)
    expect([tab.network.sent.length, tab.timers.size, other.timers.size]).toEqual([sent, 0, 0])
    expect(tab.softgate.check('seats').source).not.toBe('live')
  }
})

test('the globals are the default, and a page without a document, storage or locks is one too', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const browser = createBrowser(harness)
  const { softgate } = browser.open({
    window: { addEventListener: undefined, localStorage: undefined, navigator: undefined, BroadcastChannel: undefined },
  })
  await softgate.ready()
  expect(softgate.check('seats').source).toBe('live')
  const bare = createSoftgate({
    url: 'http://127.0.0.1:9',
    token: () => harness.token('acme', 'priya'),
  })
  expect(bare.check('seats').source).toBe('default')
  bare.close()
})

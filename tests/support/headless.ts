import type { Softgate } from '@softgate/sdk'
import type { Page } from '@softgate/widget/headless'
import { type Browser, createBrowser, type Network } from './browser.ts'
import { day, type Harness, type HarnessOptions, openHarness, subscribe } from './harness.ts'

export interface Client {
  harness: Harness
  browser: Browser
  softgate: Softgate
  network: Network
  /** What the widget takes from the page, on the test clock. */
  page: Page
}

/** Acme on Starter, ten days into its month with all seats in use, and a client of Priya's that knows it. */
export async function openClient({ card, ...options }: HarnessOptions & { card?: string } = {}): Promise<Client> {
  const harness = await openHarness(options)
  await subscribe(harness, card ? { card } : {})
  await harness.clock.advance(10 * day)
  const browser = createBrowser(harness)
  const { softgate, network } = browser.open()
  await softgate.refresh()
  const { now, after } = harness.clock
  return { harness, browser, softgate, network, page: { now, after, leave: () => {} } }
}

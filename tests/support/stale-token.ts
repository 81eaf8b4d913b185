import { type Browser, createBrowser, type Tab } from './browser.ts'
import { type Harness, hour, openHarness, subscribe } from './harness.ts'

export interface Stale extends Tab {
  harness: Harness
  browser: Browser
  /** The first token, which has run out. */
  old: string
  /** How many tokens were asked for so far. */
  fetched(): number
}

/** A page whose first token has run out, as where it was rendered long ago. */
export async function openStale(): Promise<Stale> {
  const harness = await openHarness()
  await subscribe(harness)
  const old = harness.token('acme', 'priya')
  await harness.clock.advance(hour)
  let fetched = 0
  const browser = createBrowser(harness)
  const tab = browser.open({ token: () => (fetched++ === 0 ? old : harness.token('acme', 'priya')) })
  return { ...tab, harness, browser, old, fetched: () => fetched }
}

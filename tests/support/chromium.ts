import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'

/** In this order: the one that is named, Playwright's own, and where systems put theirs. */
function findBrowser(): string {
  const places = [
    process.env.SOFTGATE_TEST_BROWSER ?? '',
    chromium.executablePath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]
  const found = places.find((path) => path !== '' && existsSync(path))
  if (found) return found
  throw new Error(
    'The browser tests need Chromium: run `npx playwright install chromium`, install your system’s package `chromium`, or set SOFTGATE_TEST_BROWSER to a Chromium or Chrome.',
  )
}

let launched: Promise<Browser> | null = null

/** One browser for all test files of a worker; it ends with the process. */
export async function openBrowser(): Promise<Browser> {
  if (launched && !(await launched).isConnected()) launched = null
  launched ??= chromium.launch({
    executablePath: findBrowser(),
    // Chromium's own sandbox does not start for root, as in containers; the pages are ours.
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
  return launched
}

import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { cleanup } from './cleanup.ts'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where a browser is: the one that `CHROMIUM` names, Playwright's own, else one that the system has. */
function findBrowser(): string {
  const named = process.env.CHROMIUM
  const found = [named, chromium.executablePath(), ...installed].find((path) => path && existsSync(path))
  if (found) return found
  throw new Error(
    'No browser was found. Run "npx playwright install chromium", or on Debian and Ubuntu "apt-get install chromium", or name one in CHROMIUM.',
  )
}

let browser: Promise<Browser> | null = null

/** One browser for all tests of a file: it takes seconds to start, a context takes milliseconds. */
function launch(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: findBrowser(),
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // as root Chromium starts in no other way
    ],
  })
  return browser
}

/** For `afterAll`: ends the file's browser. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = null
}

export interface Window {
  context: BrowserContext
  page: Page
  /** What the pages wrote to the console as errors, and what they threw. */
  errors: string[]
}

/** A window of its own, with no cookies from another. */
export async function openWindow(baseURL: string, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await (await launch()).newContext({ baseURL, viewport: { width: 1280, height: 860 }, ...options })
  cleanup(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const errors: string[] = []
  context.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  context.on('weberror', (error) => errors.push(String(error.error())))
  return { context, page, errors }
}

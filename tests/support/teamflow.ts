import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright'
import { type DemoOptions, startDemo } from '../../examples/teamflow/demo.ts'
import { openBrowser } from './chromium.ts'
import { cleanup } from './cleanup.ts'
import { type Reached, reach } from './demo.ts'
import { freshFolder } from './folder.ts'
import { useCard } from './harness.ts'

/** What a first start leaves in its folder of data, by path. */
let seeded: ReadonlyMap<string, Buffer> | undefined

/**
 * The whole demo as `npm start` runs it; in this process, where it takes a tenth of the time, and on a copy of what one first
 * start of this worker left, where it takes a third of that.
 */
export async function openTeamflow(options: Partial<DemoOptions> = {}): Promise<Reached> {
  seeded ??= await firstStart()
  const data = freshFolder()
  for (const [path, content] of seeded) {
    mkdirSync(dirname(join(data, path)), { recursive: true })
    writeFileSync(join(data, path), content)
  }
  const { close, ...addresses } = await startDemo({ port: 0, data, ...options })
  cleanup(close)
  return reach({ ready: true, ...addresses })
}

async function firstStart(): Promise<ReadonlyMap<string, Buffer>> {
  const data = freshFolder()
  const { close, ...addresses } = await startDemo({ port: 0, data })
  await reach({ ready: true, ...addresses }).control('/webhooks/flush', {})
  await close()
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map(({ parentPath, name }) => [relative(data, join(parentPath, name)), readFileSync(join(parentPath, name))]),
  )
}

export interface Window {
  context: BrowserContext
  page: Page
  /** What TeamFlow's pages wrote to the console as errors, and what they threw. */
  errors: string[]
}

/** A window of its own, with no cookies from another. */
export async function openWindow(baseURL: string, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await (await openBrowser()).newContext({
    baseURL,
    viewport: { width: 1280, height: 860 },
    ...options,
  })
  cleanup(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const errors: string[] = []
  context.on('console', (message) => {
    const own = message.location().url.startsWith(baseURL)
    if (message.type() === 'error' && own) errors.push(`${message.text()} ${message.location().url}`)
  })
  // The console says of a failure no more than its number.
  context.on('response', async (response) => {
    if (response.status() < 500) return
    const answered = `${response.status()} ${response.request().method()} ${response.url()}`
    const at = errors.push(answered) - 1
    errors[at] = `${answered}: ${await response.text().catch(() => 'no body')}`
  })
  context.on('weberror', (error) => errors.push(String(error.error())))
  return { context, page, errors }
}

/** Signs in through the picker, as a person does. */
export async function signIn(app: string, name: RegExp | string, options?: BrowserContextOptions): Promise<Window> {
  const window = await openWindow(app, options)
  await window.page.goto('/sign-in')
  await window.page.getByRole('button', { name: typeof name === 'string' ? `Sign in as ${name}` : name }).click()
  await window.page.waitForURL('**/projects')
  return window
}

/** Types addresses into the invitation form and sends it. */
export async function invite(page: Page, emails: string): Promise<void> {
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page.getByLabel('Email addresses').fill(emails)
  await page.getByRole('button', { name: 'Send invitations' }).click()
}

/** What the cards were charged so far, in minor units, as the local Stripe has it in its journal. */
export async function chargesOf(demo: Reached): Promise<number[]> {
  const { data } = (await demo.control('/journal')) as { data: { kind: string; amount: number }[] }
  return data.flatMap(({ kind, amount }) => (kind === 'charge' ? [amount] : []))
}

/** The price that a button names, in minor units. */
export async function priceOn(button: Locator): Promise<number> {
  await button.waitFor()
  return Math.round(Number(/[$]([\d,.]+)/.exec((await button.textContent()) ?? '')?.[1]?.replace(',', '')) * 100)
}

/** Gives an account another card, one of Stripe's test cards. */
export async function giveCard({ host, stripeClient }: Reached, account: string, card: string): Promise<void> {
  const { stripeCustomerId } = await host.ok<{ stripeCustomerId: string }>('GET', `/accounts/${account}`)
  await useCard({ stripe: stripeClient }, stripeCustomerId, card)
}

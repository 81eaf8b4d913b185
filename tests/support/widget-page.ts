import type { Permission } from '@softgate/sdk/contract'
import type { Catalog } from '@softgate/server'
import { Hono } from 'hono'
import type { Page } from 'playwright'
import { listen } from '../../server/src/http/listen.ts'
import { openFree, payIn } from './checkout.ts'
import { openBrowser } from './chromium.ts'
import { cleanup } from './cleanup.ts'
import { type Harness, type HarnessOptions, openHarness, subscribe, useCard } from './harness.ts'
import { widgetFiles } from './widget-files.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const styles = `:root { color-scheme: light dark } body { margin: 0; font: 14px system-ui, sans-serif; background: Canvas; color: CanvasText }
main { padding: 24px; display: grid; gap: 24px; max-width: 640px; grid-template-columns: minmax(0, 1fr) } main:has(softgate-plans) { max-width: none } `

const scriptTags =
  '<script src="/widget.js" data-stripe-url="/stripe.js"></script><script defer src="/page.js"></script>'
const html = (body: string, scripts = scriptTags): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Members</title>
<link rel="stylesheet" href="/page.css">${scripts}</head>
<body><main><h1>Members</h1>${body}<p><button id="invite">Invite people</button></p><p id="result"></p></main></body></html>`

/** The host's own script: an invitation of two. */
const script = `document.querySelector('#invite').addEventListener('click', async () => {
  const { allowed, outcome } = await Softgate.gate('seats', { quantity: 2 })
  document.querySelector('#result').textContent = outcome + ' ' + allowed
})`

/** Stands for Stripe.js: the bank's window over the page, fields for a card which is good or bad by its number, and Checkout. */
const stripeJs = `window.Stripe = () => ({
  handleNextAction: ({ clientSecret }) => new Promise((resolve) => {
    const bank = document.createElement('div')
    bank.id = 'bank'
    const settle = (outcome) => async () => {
      await fetch('/bank', { method: 'POST', body: JSON.stringify({ id: clientSecret.split('_secret')[0], outcome }) })
      bank.remove()
      resolve({})
    }
    for (const outcome of ['succeed', 'fail']) {
      const button = document.createElement('button')
      button.textContent = 'Bank: ' + outcome
      button.onclick = settle(outcome)
      bank.append(button)
    }
    document.body.append(bank)
  }),
  createEmbeddedCheckoutPage: async ({ clientSecret, onComplete }) => {
    const button = document.createElement('button')
    button.textContent = 'Checkout: pay'
    button.onclick = async () => {
      await fetch('/checkout', { method: 'POST', body: clientSecret })
      onComplete()
    }
    return { mount: (place) => place.append(button), destroy: () => button.remove() }
  },
  elements: () => ({ create: () => {
    const input = document.createElement('input')
    input.ariaLabel = 'Card number'
    return { input, mount: (place) => place.append(input) }
  } }),
  async confirmCardPayment(clientSecret, { payment_method: { card } }) {
    await fetch('/card', { method: 'POST', body: JSON.stringify({ id: clientSecret.split('_secret')[0], number: card.input.value }) })
    return {}
  },
})`

export interface WidgetPage {
  harness: Harness
  page: Page
  url: string
  /** Requests of the page to the backend so far, as `POST /v1/quotes`. */
  sent: string[]
  /** What the browser complained about: errors, refused sources, warnings. */
  complaints: string[]
  /** Holds the replies to these requests back until `release` is called. */
  hold(path: RegExp): { release(): void }
  /** Ends every connection to the backend, the stream too, and lets none through until \`mend\` is called. */
  cut(): { mend(): void }
}

export interface WidgetPageOptions {
  /** An app's bundle in the place of the script tag: its files by name, begun by `page.js`. */
  bundle?: ReadonlyMap<string, string>
  user?: string
  may?: Permission[]
  card?: string
  /** The account's plan; `free` pays nothing and is called Birch. */
  plan?: 'free' | 'starter' | 'business'
  /** How many of its five seats are taken; all of them when left out. */
  taken?: number
  /** Another catalogue than TeamFlow's. */
  config?: Catalog
  /** Where the server reaches Stripe, given where it is. */
  stripeVia?: HarnessOptions['stripeVia']
  body?: string
  dark?: boolean
  viewport?: { width: number; height: number }
  /** Runs before the page is opened. */
  before?: (harness: Harness) => Promise<void>
}

/** Passes a reply on until it ends, or the line that it goes over is cut. */
function cuttable(line: Set<() => void>): TransformStream<Uint8Array, Uint8Array> {
  let end = (): void => {}
  return new TransformStream({
    start(controller) {
      end = () => controller.terminate()
      line.add(end)
    },
    flush: () => void line.delete(end),
  })
}

/** A small page under a strict policy, in a real browser, with the real backend and the local Stripe behind it. */
export async function openWidgetPage(options: WidgetPageOptions = {}): Promise<WidgetPage> {
  const { user = 'priya', may = ['purchase'], body = '<softgate-meter feature="seats"></softgate-meter>' } = options
  const { bundle } = options
  const files = bundle ?? (await widgetFiles())
  const { config, stripeVia } = options
  const harness = await openHarness({ ...(config && { config }), ...(stripeVia && { stripeVia }) })
  const { card, plan = 'starter', taken = 5 } = options
  const account = plan === 'free' ? 'birch' : 'acme'
  const customer = plan === 'free' ? '' : (await subscribe(harness, { plan, taken, ...(card && { card }) })).customer
  if (plan === 'free') await openFree(harness, { taken: 3 })
  // Twelve days into a month that has been paid.
  await harness.clock.advance(10 * 86_400_000)
  await options.before?.(harness)
  const sent: string[] = []
  const held = new Set<{ path: RegExp; released: Promise<void> }>()
  /** What ends each reply that is on its way; null while the line is cut. */
  let line: Set<() => void> | null = new Set()

  const complaints: string[] = []
  const app = new Hono()
  // The browser's console says of a failure no more than its number. A page that was left hears of none.
  app.onError((error, c) => {
    if (!c.req.raw.signal.aborted) complaints.push(`${c.req.method} ${c.req.path}: ${error.stack}`)
    return c.text('', 500)
  })
  app.get('/', (c) =>
    c.html(html(body, bundle && '<script type="module" src="/page.js"></script>'), 200, {
      'content-security-policy': policy,
    }),
  )
  app.get('/page.css', (c) => c.text(styles, 200, { 'content-type': 'text/css' }))
  const js = { 'content-type': 'text/javascript' }
  if (!bundle) app.get('/page.js', (c) => c.text(script, 200, js))
  app.get('/stripe.js', (c) => c.text(stripeJs, 200, js))
  for (const [name, text] of files) app.get(`/${name}`, (c) => c.text(text, 200, js))
  app.post('/softgate-token', (c) => c.text(harness.token(account, user, may)))
  app.post('/bank', async (c) => {
    const { id, outcome } = await c.req.json()
    await harness.sandbox.control.authenticate(id, outcome)
    return c.json({})
  })
  app.post('/checkout', async (c) => c.text(`${(await payIn(harness, { clientSecret: await c.req.text() })).status}`))
  app.post('/card', async (c) => {
    const { id, number } = await c.req.json()
    await useCard(harness, customer, number === '4242' ? 'pm_card_visa' : 'pm_card_chargeDeclined')
    const found = await harness.stripe.customers.retrieve(customer)
    const method = 'deleted' in found ? null : found.invoice_settings?.default_payment_method
    await harness.stripe.paymentIntents.confirm(id, { payment_method: String(method) }).catch(() => {})
    return c.json({})
  })
  app.all('/softgate/*', async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const path = pathname.slice('/softgate'.length)
    sent.push(`${c.req.method} ${path}`)
    const over = line
    if (!over) return c.text('', 502)
    const text = c.req.method === 'GET' ? null : await c.req.text()
    const answer = await harness.softgate.app.request(path + search, {
      method: c.req.method,
      headers: c.req.raw.headers,
      body: text,
      signal: c.req.raw.signal,
    })
    for (const { path: which, released } of held) if (which.test(path)) await released
    if (over !== line) return c.text('', 502)
    if (answer.status >= 500) complaints.push(`${c.req.method} ${path}: ${await answer.clone().text()}`)
    return new Response(answer.body?.pipeThrough(cuttable(over)), answer)
  })
  const { url, close } = await listen(app, { port: 0 })
  cleanup(close)

  const browser = await openBrowser()
  const context = await browser.newContext({
    colorScheme: options.dark ? 'dark' : 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    viewport: options.viewport ?? { width: 900, height: 720 },
  })
  cleanup(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  // Its own clock goes on by itself, and may leap.
  await page.clock.install({ time: harness.clock.now() })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refusal that the widget answers, such as of a stale price, is none of the page's business; nor is a cut line.
    const refusal = /status of (401|402|409|422|502)|ERR_FAILED/.test(message.text())
    if (/error|warning/.test(message.type()) && !refusal) complaints.push(`${message.text()} ${message.location().url}`)
  })
  await page.goto(url)
  return {
    harness,
    page,
    url,
    sent,
    complaints,
    hold(path) {
      let release = (): void => {}
      const entry = { path, released: new Promise<void>((resolve) => (release = resolve)) }
      held.add(entry)
      return {
        release() {
          held.delete(entry)
          release()
        },
      }
    },
    cut() {
      for (const end of line ?? []) end()
      line = null
      return {
        mend() {
          line = new Set()
        },
      }
    },
  }
}

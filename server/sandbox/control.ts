import { Hono } from 'hono'
import type { SandboxControl } from './types.ts'
import { FAULT_KINDS, type Fault } from './wire/faults.ts'
import { isObject, type Json, type JsonObject } from './wire/json.ts'

/** What the control endpoints drive. */
export interface ControlTarget {
  readonly clock: { now(): number; advance(ms: number): Promise<void> }
  readonly control: SandboxControl
}

/** The sandbox's own controls over HTTP, for tests that drive a started process. JSON in, JSON out. */
export function createControlApp({ clock, control }: ControlTarget): Hono {
  const app = new Hono().basePath('/_sandbox')
  app.post('/payment_intents/:id/authenticate', async (context) => {
    const { outcome } = await readJson(context.req.raw)
    if (outcome !== undefined && outcome !== 'succeed' && outcome !== 'fail') return context.json(WRONG, 400)
    await control.authenticate(context.req.param('id'), outcome)
    return context.json(DONE)
  })
  app.post('/payment_intents/:id/dispute', async (context) => {
    const { reason } = await readJson(context.req.raw)
    const id = await control.dispute(context.req.param('id'), typeof reason === 'string' ? reason : undefined)
    return context.json({ ok: true, dispute: id })
  })
  app.post('/disputes/:id/close', async (context) => {
    const { outcome } = await readJson(context.req.raw)
    if (outcome !== 'won' && outcome !== 'lost') return context.json(WRONG, 400)
    await control.closeDispute(context.req.param('id'), outcome)
    return context.json(DONE)
  })
  app.post('/dunning', async (context) => {
    const { retryAfterDays, afterwards } = await readJson(context.req.raw)
    const days = Array.isArray(retryAfterDays) ? retryAfterDays.filter((day) => typeof day === 'number') : null
    if (!days || (afterwards !== 'cancel' && afterwards !== 'past_due' && afterwards !== 'unpaid'))
      return context.json(WRONG, 400)
    control.setDunning({ retryAfterDays: days, afterwards })
    return context.json(DONE)
  })
  app.post('/fail', async (context) => {
    const fault = toFault(await readJson(context.req.raw))
    if (!fault) return context.json(WRONG, 400)
    control.failNext(fault)
    return context.json(DONE)
  })
  app.get('/clock', (context) => context.json({ now: clock.now() }))
  app.post('/clock/advance', async (context) => {
    const { ms } = await readJson(context.req.raw)
    if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0) return context.json(WRONG, 400)
    await clock.advance(ms)
    return context.json({ now: clock.now() })
  })
  addWebhookControls(app, control)
  app.get('/journal', (context) => context.json({ data: control.journal() }))
  app.onError((error, context) => context.json({ ok: false, message: error.message }, 400))
  return app
}

function addWebhookControls(app: Hono, { webhooks }: SandboxControl): void {
  app.post('/webhooks/pause', (context) => {
    webhooks.pause()
    return context.json(DONE)
  })
  app.post('/webhooks/resume', async (context) => {
    await webhooks.resume()
    return context.json(DONE)
  })
  app.post('/webhooks/flush', async (context) => {
    await webhooks.flush()
    return context.json(DONE)
  })
  app.post('/webhooks/delay', async (context) => {
    const { count, ms } = await readJson(context.req.raw)
    if (typeof ms !== 'number' || ms < 0) return context.json(WRONG, 400)
    webhooks.delayNext(ms, typeof count === 'number' ? count : 1)
    return context.json(DONE)
  })
  app.post('/webhooks/repeat', async (context) => {
    const { count } = await readJson(context.req.raw)
    webhooks.repeatNext(typeof count === 'number' ? count : 1)
    return context.json(DONE)
  })
  app.post('/webhooks/reverse', async (context) => {
    const { on } = await readJson(context.req.raw)
    webhooks.reverse(on !== false)
    return context.json(DONE)
  })
  app.post('/webhooks/drop', async (context) => {
    const { count } = await readJson(context.req.raw)
    webhooks.dropNext(typeof count === 'number' ? count : 1)
    return context.json(DONE)
  })
}

const DONE = { ok: true }
const WRONG = { ok: false, message: 'The body is not what this control takes; see server/sandbox/README.md.' }

async function readJson(request: Request): Promise<JsonObject> {
  const text = await request.text()
  const value: Json = text === '' ? {} : JSON.parse(text)
  return isObject(value) ? value : {}
}

function toFault({ kind, match, times }: JsonObject): Fault | null {
  const known = FAULT_KINDS.find((candidate) => candidate === kind)
  if (!known) return null
  const { method, path } = isObject(match) ? match : {}
  return {
    kind: known,
    match: {
      ...(typeof method === 'string' && { method }),
      ...(typeof path === 'string' && { path }),
    },
    ...(typeof times === 'number' && { times }),
  }
}

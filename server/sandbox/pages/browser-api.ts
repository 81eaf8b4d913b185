import { type Context, Hono } from 'hono'
import { cardOfNumber } from '../cards.ts'
import { ApiError, invalid, toErrorJson } from '../errors.ts'
import { confirmIntent } from '../resources/payments.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import { isObject, type Json, type JsonObject } from '../wire/json.ts'
import { render } from '../wire/render.ts'
import { act, type PageOptions } from './act.ts'
import { STRIPE_JS } from './stripe-js.ts'

/** What a page may see of a payment, as Stripe shows it to a publishable key. */
const SHOWN = [
  'id',
  'object',
  'amount',
  'client_secret',
  'created',
  'currency',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'status',
]

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'access-control-allow-methods': 'GET, POST',
}

/**
 * What the stand-in for Stripe.js calls, from pages of any origin. The credential is the payment's client secret beside a
 * publishable key; a secret key has no place in a browser and is refused.
 */
export function createBrowserApi(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono().basePath('/_sandbox')
  app.get('/stripe.js', (context) =>
    context.body(STRIPE_JS, 200, { ...CORS, 'content-type': 'text/javascript; charset=utf-8' }),
  )
  const find = (id: string, { key, client_secret }: JsonObject): PaymentIntentRecord => {
    catchUp()
    if (typeof key !== 'string' || !/^pk_test_\w+$/.test(key))
      throw new ApiError(401, {
        type: 'invalid_request_error',
        message: 'Invalid API Key provided: a publishable test key is needed.',
      })
    const intent = world.store.get('payment_intent', id)
    if (intent && intent.client_secret === client_secret) return intent
    throw invalid('The client_secret provided does not match any associated PaymentIntent on this account.', {
      code: 'resource_missing',
      param: 'client_secret',
    })
  }
  const show = (intent: PaymentIntentRecord): JsonObject => {
    const whole = render(world, world.store.get('payment_intent', intent.id) ?? intent)
    return Object.fromEntries(SHOWN.map((name) => [name, whole[name] ?? null]))
  }
  const reply = (context: Context, work: () => JsonObject): Response => {
    try {
      return context.json(work(), 200, CORS)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return context.json(toErrorJson(error.body), error.status as 400 | 401 | 402 | 404, CORS)
    }
  }
  app.options('/payment_intents/*', (context) => context.body(null, 204, CORS))
  app.get('/payment_intents/:id', (context) =>
    reply(context, () => show(find(context.req.param('id'), context.req.query()))),
  )
  app.post('/payment_intents/:id/confirm', async (context) => {
    const body = await readBody(context)
    return reply(context, () => {
      const intent = find(context.req.param('id'), body)
      return show(act(options, () => confirmIntent(world, intent, methodIn(body))))
    })
  })
  return app
}

async function readBody(context: Context): Promise<JsonObject> {
  try {
    const value = (await context.req.json()) as Json
    return isObject(value) ? value : {}
  } catch {
    // Not JSON: it names no key, and is refused for that.
    return {}
  }
}

/** A payment method by id, or the test card of a number. */
function methodIn({ payment_method, card_number }: JsonObject): string | undefined {
  if (typeof payment_method === 'string') return payment_method
  if (typeof card_number !== 'string') return undefined
  const card = cardOfNumber(card_number)
  if (card) return card.token
  throw new ApiError(402, { type: 'card_error', code: 'incorrect_number', message: 'Your card number is incorrect.' })
}

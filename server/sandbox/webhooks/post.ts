import { createHmac } from 'node:crypto'
import type { DeliveryRecord } from '../state/own-records.ts'
import type { World } from '../state/world.ts'
import { render } from '../wire/render.ts'

/** How long a receiver may take to answer, in real ms. */
const ANSWER_WITHIN_MS = 10_000

/** The `Stripe-Signature` of a body at `seconds`: https://docs.stripe.com/webhooks#verify-manually */
function sign(secret: string, body: string, seconds: number): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${digest}`
}

/** Sends an event to its endpoint once; true when the receiver answered with 2xx. */
export async function post(world: World, send: typeof fetch, delivery: DeliveryRecord): Promise<boolean> {
  const endpoint = world.store.get('webhook_endpoint', delivery.endpoint)
  const event = world.store.get('event', delivery.event)
  // A deleted endpoint wants nothing any more; there is nobody left to fail.
  if (!endpoint || !event) return true
  const body = JSON.stringify(render(world, event), null, 2)
  // Receivers compare the time of signing with their own clock, which does not move when the sandbox's is advanced.
  const seconds = Math.floor(world.outsideNow() / 1000)
  try {
    const response = await send(endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': sign(endpoint.secret, body, seconds),
        'user-agent': 'Stripe/1.0 (sandbox)',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Not reachable, or no answer in time: the same as a refusal, to be tried again.
    return false
  }
}

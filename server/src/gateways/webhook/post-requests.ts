import { createHmac } from 'node:crypto'
import type { VendorRequest } from '@softgate/sdk/contract'
import type { Clock } from '../../kernel/clock.ts'

export interface WebhookOptions {
  url: string
  /** `whsec_` and base64, as both sides know it. */
  secret: string
  clock: Clock
  fetch?: typeof globalThis.fetch
}

const timeoutMs = 10_000

/**
 * Posts requests to the vendor to a page of the host's, signed by Standard Webhooks: any of its libraries verifies them. What is
 * told again has the same `webhook-id`.
 *
 * @returns what throws when the page does not answer with 200 to 299 within 10 seconds
 */
export function postRequests({ url, secret, clock, fetch = globalThis.fetch }: WebhookOptions) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return async (request: VendorRequest): Promise<void> => {
    const id = `${request.id}.${Date.parse(request.updatedAt)}`
    const timestamp = String(Math.floor(clock.now() / 1_000))
    const body = JSON.stringify({ type: `request.${request.status}`, timestamp: request.updatedAt, data: request })
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
      // Whoever is sent elsewhere has not been told.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`${url} answered ${response.status}. It is told again later.`)
  }
}

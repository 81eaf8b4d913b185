import { createHmac } from 'node:crypto'

/** The `Stripe-Signature` of a body at `seconds`: https://docs.stripe.com/webhooks#verify-manually */
export function sign(secret: string, body: string, seconds: number): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${digest}`
}

import { createHash } from 'node:crypto'
import type { LiveSubscription } from './model.ts'

/**
 * A digest of everything about a subscription that a quote's amounts rest on: if it differs, the quote is stale. `released`
 * is the schedule that the quote itself takes away: gone or not, it is as the quote expects it.
 */
export const fingerprintOf = (live: LiveSubscription, released: string | null = null): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        live.id,
        live.status,
        live.livemode,
        live.currency,
        live.items.map(({ id, price, quantity }) => [id, price, quantity]),
        live.latestInvoice,
        live.schedule?.id ?? released,
        live.billingMode,
        live.pending !== null,
        live.cancelAt,
        live.paused,
        live.collectionMethod,
        live.discounts.map(({ id }) => id),
        live.paymentMethod,
        live.balance,
      ]),
    )
    .digest('base64url')

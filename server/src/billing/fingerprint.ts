import { createHash } from 'node:crypto'
import type { LiveSubscription } from './model.ts'

/** A digest of everything about a subscription that a quote's amounts rest on: if it differs, the quote is stale. */
export const fingerprintOf = (live: LiveSubscription): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        live.id,
        live.status,
        live.livemode,
        live.currency,
        live.items.map(({ id, price, quantity }) => [id, price, quantity]),
        live.latestInvoice,
        live.schedule,
        live.pending !== null,
        live.cancelAt,
        live.paused,
        live.collectionMethod,
        live.discounts,
        live.paymentMethod,
        live.balance,
      ]),
    )
    .digest('base64url')

import { effect } from '@preact/signals-core'
import type { Quote, Softgate } from '@softgate/sdk'
import type { Gate } from './state.ts'

/** Asks for a price: `priceOf` of `price.ts`. */
export type PriceOf = (softgate: Softgate, wanted: { offer: string; quantity?: number }) => Promise<Quote>

/**
 * Asks what a gate's offer costs, and anew whenever that changes, until the returned function takes the price away. Costs a
 * preview at Stripe, so only where somebody looks.
 */
export function showPrice({ of: { softgate, quantity }, offer, decision, price }: Gate, ask: PriceOf): () => void {
  const stop = effect(() => {
    const { value: client } = softgate
    const { value: wanted } = offer
    const { allowed = true, remaining = 0 } = decision.value ?? {}
    price.value = null
    if (!client || !wanted || allowed) return
    const missing = wanted.kind === 'add' ? quantity.value - (remaining ?? 0) : wanted.quantity?.default
    const input = { offer: wanted.id, ...(wanted.quantity && missing !== undefined && { quantity: missing }) }
    let current = true
    ask(client, input).then(
      (quote) => {
        if (current) price.value = quote
      },
      () => {},
    )
    return () => {
      current = false
    }
  })
  return () => {
    stop()
    price.value = null
  }
}

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Decision, GateResult, Offer, Quote, Softgate } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import { offerOf } from '../offers.ts'
import { decisionOf, type GateInput } from './decision.ts'

export interface Gate {
  /** Null while nothing is known: neither the thing nor a lock is shown then. */
  decision: ReadonlySignal<Decision | null>
  /** Whether this user may buy; the others ask. */
  buyer: ReadonlySignal<boolean>
  /** Names of those whom this user may ask. */
  admins: ReadonlySignal<readonly string[]>
  /** What would open it: more units, or the smallest plan that grants it. Null for who may not buy. */
  offer: ReadonlySignal<Offer | null>
  /** What the offer costs now, exactly; null until `showPrice`, and where there is no price: then the list price speaks. */
  price: ReadonlySignal<Quote | null>
  /** This user has asked for it, and nobody has answered yet. */
  asked: ReadonlySignal<boolean>
  /** The last attempt had no answer. */
  failed: ReadonlySignal<boolean>
  /** Asks the backend, which answers with a prompt. */
  attempt(): Promise<GateResult | null>
  /**
   * Asks what it costs, and anew whenever that changes; null takes the price away. Costs a preview at Stripe, so only where
   * somebody looks.
   */
  showPrice(ask: PriceOf | null): void
  dispose(): void
}

/** Asks for a price: `priceOf` of `price.ts`, which loads when it is needed. */
export type PriceOf = (softgate: Softgate, wanted: { offer: string; quantity?: number }) => Promise<Quote>

/** A gate without its looks. */
export function createGate({ softgate, feature, quantity }: GateInput): Gate {
  const asked = signal(false)
  const failed = signal(false)
  const state = computed(() => softgate.value?.state.value)
  const buyer = computed(() => mayBuy(softgate.value))
  const decision = decisionOf({ softgate, feature, quantity })
  /**
   * How many requests of the user's own are open, and since when; empty where none of them can be about this. One that was
   * taken back at once may never be seen open.
   */
  const requests = computed(() => {
    const { open = 0, changedAt } = state.value?.requests ?? {}
    return !buyer.value && decision.value?.allowed === false ? `${open} ${changedAt}` : ''
  })
  const offer = computed(() => offerOf(state.value, feature.value))
  const price = signal<Quote | null>(null)
  const ask = signal<PriceOf | null>(null)
  const stopPrice = effect(() => {
    const { value: client } = softgate
    const { value: wanted } = offer
    const { allowed = true, remaining = 0 } = decision.value ?? {}
    price.value = null
    if (!client || !wanted || allowed || !ask.value) return
    const missing = wanted.kind === 'add' ? quantity.value - (remaining ?? 0) : wanted.quantity?.default
    const input = { offer: wanted.id, ...(wanted.quantity && missing !== undefined && { quantity: missing }) }
    let current = true
    ask.value(client, input).then(
      (quote) => {
        if (current) price.value = quote
      },
      () => {},
    )
    return () => {
      current = false
    }
  })
  const stop = effect(() => {
    const key = requests.value
    const wanted = feature.value
    if (!Number.parseInt(key, 10)) asked.value = false
    else
      softgate
        .peek()
        ?.send('GET /v1/requests')
        .then(
          (all) => {
            if (key === requests.peek())
              asked.value = all.requests.some((request) => request.feature === wanted && request.status === 'open')
          },
          () => {},
        )
  })
  return {
    decision,
    buyer,
    admins: computed(() => state.value?.admins ?? []),
    offer,
    price,
    asked,
    failed,
    async attempt() {
      failed.value = false
      const result = (await softgate.peek()?.gate(feature.peek(), { quantity: quantity.peek() })) ?? null
      if (result?.outcome === 'requested') asked.value = true
      failed.value = result?.outcome === 'unavailable'
      return result
    },
    showPrice(how) {
      ask.value = how
    },
    dispose() {
      stop()
      stopPrice()
    },
  }
}

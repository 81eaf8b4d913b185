import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Decision, GateResult, Offer, Quote } from '@softgate/sdk'
import { asksVendor, mayBuy } from '../client.ts'
import { offerOf } from '../offers.ts'
import { decisionOf, type GateInput } from './decision.ts'

export interface Gate {
  of: GateInput
  /** Null while nothing is known: neither the thing nor a lock is shown then. */
  decision: ReadonlySignal<Decision | null>
  /** Whether this user may buy; the others ask. */
  buyer: ReadonlySignal<boolean>
  /** Whether whoever asks here asks the vendor's team. */
  vendor: ReadonlySignal<boolean>
  /** Names of those whom this user may ask. */
  admins: ReadonlySignal<readonly string[]>
  /** What would open it: more units, or the smallest plan that grants it. Null for who may not buy. */
  offer: ReadonlySignal<Offer | null>
  /** What the offer costs now, exactly, while `showPrice` is at it; where it is null, the list price speaks. */
  price: Signal<Quote | null>
  /** This user has asked for it, and nobody has answered yet. */
  asked: ReadonlySignal<boolean>
  /** The last attempt had no answer. */
  failed: ReadonlySignal<boolean>
  /** Asks the backend, which answers with a prompt. */
  attempt(): Promise<GateResult | null>
  dispose(): void
}

/** A gate without its looks. */
export function createGate(of: GateInput): Gate {
  const { softgate, feature, quantity } = of
  const asked = signal(false)
  const failed = signal(false)
  const state = computed(() => softgate.value?.state.value)
  const vendor = computed(() => asksVendor(softgate.value))
  const buyer = computed(() => mayBuy(softgate.value) && !vendor.value)
  const decision = decisionOf(of)
  /**
   * How many requests of the user's own are open, and since when; empty where none of them can be about this. One that was
   * taken back at once may never be seen open.
   */
  const requests = computed(() => {
    const { open = 0, changedAt } = state.value?.requests ?? {}
    return !buyer.value && decision.value?.allowed === false ? `${open} ${changedAt}` : ''
  })
  const offer = computed(() => offerOf(state.value, feature.value))
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
              asked.value = all.requests.some(
                ({ feature, status, user }) =>
                  feature === wanted && status === 'open' && user === state.peek()?.user.id,
              )
          },
          () => {},
        )
  })
  return {
    of,
    decision,
    buyer,
    vendor,
    admins: computed(() => state.value?.admins ?? []),
    offer,
    price: signal<Quote | null>(null),
    asked,
    failed,
    async attempt() {
      failed.value = false
      const result = (await softgate.peek()?.gate(feature.peek(), { quantity: quantity.peek() })) ?? null
      if (result?.outcome === 'requested') asked.value = true
      failed.value = result?.outcome === 'unavailable'
      return result
    },
    dispose: stop,
  }
}

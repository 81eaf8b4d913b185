import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Decision, GateResult, Offer } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
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
  /** This user has asked for it, and nobody has answered yet. */
  asked: ReadonlySignal<boolean>
  /** The last attempt had no answer. */
  failed: ReadonlySignal<boolean>
  /** Asks the backend, which answers with a prompt. */
  attempt(): Promise<GateResult | null>
  dispose(): void
}

/** A gate without its looks. */
export function createGate({ softgate, feature, quantity }: GateInput): Gate {
  const asked = signal(false)
  const failed = signal(false)
  const state = computed(() => softgate.value?.state.value)
  const buyer = computed(() => mayBuy(softgate.value))
  const decision = decisionOf({ softgate, feature, quantity })
  /** Changes with the user's own requests; empty where none of them can be about this. */
  const requests = computed(() => {
    const { open = 0, changedAt } = state.value?.requests ?? {}
    return open && !buyer.value && decision.value?.allowed === false ? `${open} ${changedAt}` : ''
  })
  const stop = effect(() => {
    const key = requests.value
    const wanted = feature.value
    if (!key) asked.value = false
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
    offer: computed(() => {
      const { offers = [], about = {} } = state.value ?? {}
      const { unit, comesWith } = about[feature.value] ?? {}
      const more = unit && offers.find((offer) => offer.kind === 'add' && offer.unit === unit.one)
      return more || (offers.find(({ kind, title }) => kind === 'switch' && title === comesWith?.title) ?? null)
    }),
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

import { computed, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Decision, GateResult, Softgate } from '@softgate/sdk'

export interface GateInput {
  softgate: ReadonlySignal<Softgate | null>
  feature: ReadonlySignal<string>
  quantity: ReadonlySignal<number>
}

export interface Gate {
  /** Null while nothing is known: neither the thing nor a lock is shown then. */
  decision: ReadonlySignal<Decision | null>
  /** Whether this user may buy; the others ask. */
  buyer: ReadonlySignal<boolean>
  /** An admin has been asked. */
  asked: ReadonlySignal<boolean>
  /** Asks the backend, which answers with a prompt. */
  attempt(): Promise<GateResult | null>
}

/** A gate without its looks. */
export function createGate({ softgate, feature, quantity }: GateInput): Gate {
  const asked = signal(false)
  return {
    asked,
    decision: computed(() => {
      const sg = softgate.value
      // Read for the subscription: `check` by itself is a mere look-up.
      const decision = sg?.decision(feature.value).value
      if (!sg || !decision || (decision.source === 'default' && sg.connection.value === 'connecting')) return null
      return sg.check(feature.value, quantity.value)
    }),
    buyer: computed(() => softgate.value?.state.value?.user.may.includes('purchase') ?? false),
    async attempt() {
      const result = (await softgate.peek()?.gate(feature.peek(), { quantity: quantity.peek() })) ?? null
      asked.value = result?.outcome === 'requested'
      return result
    },
  }
}

import { computed, type ReadonlySignal } from '@preact/signals-core'
import type { Decision, Softgate } from '@softgate/sdk'

export interface GateInput {
  softgate: ReadonlySignal<Softgate | null>
  feature: ReadonlySignal<string>
  quantity: ReadonlySignal<number>
}

/** What a gate goes by. Null while nothing is known: neither the thing nor a lock is shown then. */
export const decisionOf = ({ softgate, feature, quantity }: GateInput): ReadonlySignal<Decision | null> =>
  computed(() => {
    const sg = softgate.value
    // Read for the subscription: `check` by itself is a mere look-up.
    const known = sg?.decision(feature.value).value
    if (!sg || !known || (known.source === 'default' && sg.connection.value === 'connecting')) return null
    return sg.check(feature.value, quantity.value)
  })

import { computed, type ReadonlySignal } from '@preact/signals-core'
import type { Decision, Softgate } from '@softgate/sdk'

export interface GateInput {
  softgate: ReadonlySignal<Softgate | null>
  feature: ReadonlySignal<string>
  quantity: ReadonlySignal<number>
}

/** What a gate goes by. Null while nothing is known, or the user may not even see it: neither the thing nor a lock is shown then. */
export const decisionOf = ({ softgate, feature, quantity }: GateInput): ReadonlySignal<Decision | null> =>
  computed(() => {
    const sg = softgate.value
    const known = sg?.check(feature.value, quantity.value)
    const early = known?.source === 'default' && sg?.connection.value === 'connecting'
    return !known || known.hidden || early ? null : known
  })

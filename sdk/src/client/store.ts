import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Decision, State } from '../contract/index.ts'
import { byDefault, forQuantity } from '../decisions.ts'
import type { Connection } from './options.ts'
import type { Page } from './page.ts'

/** The state as signals, and the answers that follow from it. */
export interface Store {
  readonly state: Signal<State | null>
  readonly connection: Signal<Connection>
  check(feature: string, quantity?: number): Decision
  decision(feature: string): ReadonlySignal<Decision>
  subscribe(listener: () => void): () => void
}

export function createStore(page: Page): Store {
  const state = signal<State | null>(null)
  const connection = signal<Connection>('connecting')

  const check = (feature: string, quantity = 1): Decision => {
    const known = state.value?.own?.[feature] ?? state.value?.features[feature]
    // Neither record has more than its own: `constructor` is no feature.
    if (known?.feature !== feature) return byDefault(feature, page.defaults?.[feature] === true)
    const decision = forQuantity(known, quantity)
    return connection.value === 'live' ? decision : { ...decision, source: 'cache', ageMs: page.now() - page.knownAt }
  }

  return {
    state,
    connection,
    check,
    /** Keeps its decision, the same object, until there is another. */
    decision(feature) {
      let last: Decision
      return computed(() => {
        const next = check(feature)
        if (!same(next, last)) last = next
        return last
      })
    },
    subscribe(listener) {
      let told = false
      return effect(() => {
        void [state.value, connection.value]
        try {
          if (told) listener()
        } catch (error) {
          page.warn('listener', error)
        }
        told = true
      })
    },
  }
}

/** Both come from one server, which always writes the fields of a thing in the same order. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Decision, State } from '../contract/index.ts'
import { byDefault, forQuantity } from '../decisions.ts'
import type { Environment } from './environment.ts'
import type { Connection, SoftgateOptions } from './options.ts'

/** The state as signals, and the answers that follow from it. */
export interface Store {
  readonly state: ReadonlySignal<State | null>
  readonly connection: Signal<Connection>
  /** When the state was last known to be true, epoch ms. */
  at: number
  check(feature: string, quantity?: number): Decision
  decision(feature: string): ReadonlySignal<Decision>
  subscribe(listener: () => void): () => void
  /** Takes in a state that was true at `at`, now when left out. Nobody is told of one that says what is known already. */
  set(next: State | null, at?: number): void
}

export function createStore({ now, defaults, onWarning }: Environment & Pick<SoftgateOptions, 'defaults'>): Store {
  const state = signal<State | null>(null)
  const connection = signal<Connection>('connecting')
  const decisions = new Map<string, ReadonlySignal<Decision>>()

  const check = (feature: string, quantity = 1): Decision => {
    const known = state.value?.own?.[feature] ?? state.value?.features[feature]
    // Neither record has more than its own: `constructor` is no feature.
    if (known?.feature !== feature) return byDefault(feature, defaults?.[feature] === true)
    const decision = forQuantity(known, quantity)
    return connection.value === 'live'
      ? decision
      : { ...decision, source: 'cache', ageMs: Math.max(0, now() - store.at) }
  }

  const store: Store = {
    state,
    connection,
    at: 0,
    check,
    /** The signal of a feature keeps its decision, the same object, until there is another. */
    decision(feature) {
      let last: Decision
      const made =
        decisions.get(feature) ??
        computed(() => {
          const next = check(feature)
          if (!same(next, last)) last = next
          return last
        })
      decisions.set(feature, made)
      return made
    },
    subscribe(listener) {
      let told = false
      return effect(() => {
        void [state.value, connection.value]
        try {
          if (told) listener()
        } catch (error) {
          onWarning('a listener failed', error)
        }
        told = true
      })
    },
    set(next, at = now()) {
      store.at = at
      if (!same(next, state.peek())) state.value = next
    },
  }
  return store
}

/** Both come from one server, which always writes the fields of a thing in the same order. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

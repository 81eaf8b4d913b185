import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Decision, State } from '../contract/index.ts'
import { byDefault } from '../default-decision.ts'
import { forQuantity } from './decide.ts'
import type { Connection } from './options.ts'

/** The state as signals, and the answers that follow from it. */
export interface Store {
  readonly state: ReadonlySignal<State | null>
  readonly connection: Signal<Connection>
  /** When the state was last known to be true, epoch ms. */
  at: number
  check(feature: string, quantity?: number): Decision
  decision(feature: string): ReadonlySignal<Decision>
  /** Takes in a state that is true now. Nobody is told of one that says what is known already, and unchanged decisions stay the same objects. */
  set(next: State | null, at?: number): void
}

export interface StoreOptions {
  now(): number
  defaults: Record<string, boolean>
}

export function createStore({ now, defaults }: StoreOptions): Store {
  const state = signal<State | null>(null)
  const connection = signal<Connection>('connecting')
  const declared = new Map(Object.entries(defaults))
  const signals = new Map<string, ReadonlySignal<Decision>>()
  let decisions = new Map<string, Decision>()

  const check = (feature: string, quantity = 1): Decision => {
    const known = decisions.get(feature)
    if (!known) return byDefault(feature, declared.get(feature) ?? false)
    const decision = forQuantity(known, quantity)
    return connection.peek() === 'live'
      ? decision
      : { ...decision, source: 'cache', ageMs: Math.max(0, now() - store.at) }
  }

  const newDecision = (feature: string): ReadonlySignal<Decision> => {
    const made = computed(() => {
      void [state.value, connection.value]
      return check(feature)
    })
    signals.set(feature, made)
    return made
  }

  const store: Store = {
    state,
    connection,
    at: 0,
    check,
    decision: (feature) => signals.get(feature) ?? newDecision(feature),
    set(next, at = now()) {
      store.at = at
      if (same(next, state.peek())) return
      const entries = Object.entries(next?.features ?? {}).map(([feature, decision]): [string, Decision] => {
        const old = decisions.get(feature)
        return [feature, old && same(old, decision) ? old : decision]
      })
      decisions = new Map(entries)
      state.value = next
    },
  }
  return store
}

/** Both come from one server, which always writes the fields of a thing in the same order. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { EstimateAnswer, Softgate } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Page } from '../page.ts'

export type Estimate = NonNullable<EstimateAnswer['estimate']>

export interface EstimateView {
  /** What the present period comes to; null until it was asked for and is known, and where nothing is paid for. */
  estimate: ReadonlySignal<Estimate | null>
  /** Asks, and anew when it changes: at once with what is held, after a minute with what is used. */
  ask(): void
  dispose(): void
}

export interface EstimateInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
}

const minute = 60_000

/** What use comes to and what the next invoice is so far, without their looks; asked for by itself once use is billed. */
export function createEstimate({ softgate, page }: EstimateInput): EstimateView {
  const estimate = signal<Estimate | null>(null)
  const asked = signal(false)
  const state = computed(() => (mayBuy(softgate.value) ? softgate.value?.state.value : null))
  const held = computed(() => JSON.stringify([state.value?.account.plan, state.value?.offers.map(({ id }) => id)]))
  const used = computed(() => Object.values(state.value?.features ?? {}).map(({ overage = 0 }) => overage))
  const wanted = computed(() => asked.value || used.value.some((overage) => overage > 0))
  /** Of the last question: each costs a preview at Stripe. */
  let last = { at: 0, held: '', used: '' }
  let cancel = (): void => {}

  const load = async (): Promise<void> => {
    const known = softgate.peek()
    if (!known || !state.peek()) return
    const mine = { at: page.now(), held: held.peek(), used: used.peek().join() }
    last = mine
    try {
      const answer = await known.send('GET /v1/estimate')
      if (mine === last) estimate.value = answer.estimate
    } catch {
      // Stale is better than gone: the next change asks again.
    }
  }
  const stop = effect(() => {
    const now = { held: held.value, used: used.value.join() }
    cancel()
    if (!wanted.value || (now.held === last.held && now.used === last.used)) return
    const wait = now.held === last.held ? last.at + minute - page.now() : 0
    cancel = page.after(Math.max(0, wait), () => void load())
  })
  return {
    estimate,
    ask() {
      asked.value = true
    },
    dispose() {
      cancel()
      stop()
    },
  }
}

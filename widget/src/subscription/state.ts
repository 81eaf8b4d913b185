import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Invoice, Offer, PendingChange, PlansAnswer, Softgate, State, Subscription } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Page } from '../page.ts'

export interface SubscriptionView {
  /** What is paid for; null where nothing is, or the reader may not know; undefined until it is known. */
  subscription: ReadonlySignal<Subscription | null | undefined>
  /** Newest first; null until they are known, and for those who may not read them. */
  invoices: ReadonlySignal<readonly Invoice[] | null>
  /** Every plan, to tell what a change brings; null until known. */
  plans: ReadonlySignal<PlansAnswer | null>
  /** What will change by itself. */
  pending: ReadonlySignal<PendingChange | null>
  /** The changes that can be chosen of what is held now; other plans are chosen beside each other. */
  changes: ReadonlySignal<readonly Offer[]>
  buyer: ReadonlySignal<boolean>
  /** Stripe's page could not be reached. */
  failed: ReadonlySignal<boolean>
  /** Leaves for Stripe's page, straight to the cards if wanted. */
  openPortal(page?: 'home' | 'payment_method'): Promise<void>
  dispose(): void
}

export interface SubscriptionInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
  /** `summary` reads no invoices, and `invoices` nothing else: each costs calls to Stripe. Both when left out. */
  variant?: ReadonlySignal<string>
}

/** What the account pays for, without its looks. */
export function createSubscription({ softgate, page, variant }: SubscriptionInput): SubscriptionView {
  const subscription = signal<Subscription | null | undefined>(undefined)
  const invoices = signal<readonly Invoice[] | null>(null)
  const plans = signal<PlansAnswer | null>(null)
  const failed = signal(false)
  const state = computed(() => softgate.value?.state.value ?? null)
  const buyer = computed(() => mayBuy(softgate.value))
  /** Each read costs calls to Stripe: only another plan, offer or outcome is worth one. */
  const turn = computed(() => keyOf(state.value))

  const load = async (): Promise<void> => {
    const known = softgate.peek()
    const mine = turn.peek()
    if (!known || !mine) return
    const take = <T>(into: { value: T }, answer: Promise<T>): Promise<void> =>
      answer.then(
        (value) => {
          if (mine === turn.peek()) into.value = value
        },
        // Stale is better than gone: the next change asks again.
        () => {},
      )
    const only = variant?.peek()
    const later = only !== 'invoices' && state.peek()?.pending ? [take(plans, known.send('GET /v1/plans'))] : []
    if (buyer.peek())
      await Promise.all([
        only !== 'invoices' &&
          take(
            subscription,
            known.send('GET /v1/subscription').then((answer) => answer.subscription),
          ),
        only !== 'summary' &&
          take(
            invoices,
            known.send('GET /v1/invoices').then((answer) => answer.invoices),
          ),
        ...later,
      ])
    else {
      subscription.value = null
      await Promise.all(later)
    }
  }
  const stop = effect(() => {
    void [turn.value, softgate.value?.connection.value]
    queueMicrotask(() => void load())
  })

  return {
    subscription,
    invoices,
    plans,
    pending: computed(() => state.value?.pending ?? null),
    changes: computed(() => (state.value ? changesOf(state.value) : [])),
    buyer,
    failed,
    async openPortal(to = 'home') {
      failed.value = false
      try {
        const answer = await softgate.peek()?.send('POST /v1/portal', { page: to })
        if (answer) page.leave(answer.url)
      } catch {
        failed.value = true
      }
    },
    dispose: stop,
  }
}

const keyOf = (state: State | null): string =>
  state
    ? JSON.stringify([
        state.account.plan,
        state.user.may,
        state.pending,
        state.offers.map(({ id }) => id),
        state.upgrade?.status,
      ])
    : ''

/** More and less of what is held, the other interval, the end; the way back, unless it belongs to what waits. */
function changesOf({ offers, pending, account }: State): Offer[] {
  const running = offers.some(({ kind }) => kind !== 'switch')
  if (!running) return []
  return offers.filter(({ kind, title }) => {
    if (kind === 'switch') return title === account.plan.title
    if (kind === 'undo') return pending === null
    return kind !== 'resume'
  })
}

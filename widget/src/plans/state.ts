import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { AccessRequest, ComparedPlan, Interval, PlansAnswer, Softgate, State } from '@softgate/sdk'
import { mayBuy } from '../client.ts'

/**
 * What can be done about a plan. `yours`; `keep`: the present one, which ends; `coming`: it takes its place; `up`, `down`,
 * `interval`: an offer leads there; `ask`, `asked`: a member and the admins, an admin and the vendor; `talk`: sold by agreement; `none`.
 */
export type PlanWay =
  | { kind: 'yours' | 'asked' | 'none' }
  /** With the feature to ask for, where the host says nothing itself. */
  | { kind: 'talk'; feature: string | null }
  | { kind: 'keep'; offer: string | null; at: string }
  | { kind: 'coming'; at: string }
  | { kind: 'up' | 'down' | 'interval'; offer: string }
  | { kind: 'ask'; feature: string }

export interface Plans {
  /** Null until they are known. */
  answer: ReadonlySignal<PlansAnswer | null>
  /** The interval that is shown. */
  interval: ReadonlySignal<Interval>
  /** Open requests by feature: an admin's inbox, or a member's own. */
  asked: ReadonlySignal<ReadonlyMap<string, readonly AccessRequest[]>>
  buyer: ReadonlySignal<boolean>
  wayOf(plan: ComparedPlan): PlanWay
  show(interval: Interval): void
  dispose(): void
}

export interface PlansInput {
  softgate: ReadonlySignal<Softgate | null>
  /** Features that the reader is after, separated by commas. */
  features: ReadonlySignal<string>
  /** The interval to begin with; what the account pays by where it is empty. */
  interval: ReadonlySignal<string>
}

/** The plans side by side, without their looks. */
export function createPlans({ softgate, features, interval }: PlansInput): Plans {
  const answer = signal<PlansAnswer | null>(null)
  const requests = signal<readonly AccessRequest[]>([])
  const chosen = signal<Interval | null>(null)
  const state = computed(() => softgate.value?.state.value ?? null)
  /** Usage moves all the time; the plans are asked for again when what is held, offered or asked for does. */
  const turn = computed(() => keyOf(state.value))

  const load = async (): Promise<void> => {
    const known = softgate.peek()
    if (!known || !turn.peek()) return
    const mine = turn.peek()
    try {
      const open = (await known.send('GET /v1/requests')).requests.filter(({ status }) => status === 'open')
      const wanted = new Set([...features.peek().split(',').filter(Boolean), ...open.map(({ feature }) => feature)])
      const feature = encodeURIComponent([...wanted].join())
      const next = await known.send(feature ? `GET /v1/plans?feature=${feature}` : 'GET /v1/plans')
      if (mine !== turn.peek()) return
      requests.value = open
      answer.value = next
    } catch {
      // Stale is better than gone: the next change asks again.
    }
  }
  const stop = effect(() => {
    void [turn.value, features.value, softgate.value?.connection.value]
    queueMicrotask(() => void load())
  })
  const shown = computed<Interval>(
    () =>
      chosen.value ??
      (interval.value === 'year' || interval.value === 'month' ? interval.value : (answer.value?.interval ?? 'month')),
  )

  return {
    answer,
    interval: shown,
    asked: computed(() => {
      const byFeature = new Map<string, AccessRequest[]>()
      for (const request of requests.value)
        byFeature.set(request.feature, [...(byFeature.get(request.feature) ?? []), request])
      return byFeature
    }),
    buyer: computed(() => mayBuy(softgate.value)),
    wayOf(plan) {
      const now = state.value
      const { plans = [], interval: paid = null } = answer.value ?? {}
      if (!now) return { kind: 'none' }
      return wayTo(plan, {
        state: now,
        plans,
        paid,
        interval: shown.value,
        buyer: mayBuy(softgate.value),
        requests: requests.value,
      })
    },
    show(next) {
      chosen.value = next
    },
    dispose: stop,
  }
}

const keyOf = (state: State | null): string =>
  state ? JSON.stringify([state.account.plan, state.pending, state.offers.map(({ id }) => id), state.requests]) : ''

interface Reader {
  state: State
  plans: readonly ComparedPlan[]
  paid: Interval | null
  interval: Interval
  buyer: boolean
  requests: readonly AccessRequest[]
}

/** What this reader can do about a plan now. */
function wayTo(plan: ComparedPlan, { state, plans, paid, interval, buyer, requests }: Reader): PlanWay {
  const { pending, about, features } = state
  if (plan.present && pending && pending.plan.key !== plan.key)
    return { kind: 'keep', offer: pending.undo?.id ?? null, at: pending.at }
  if (plan.pendingAt) return { kind: 'coming', at: plan.pendingAt }
  const offer = plan.offers.find((one) => one.kind === 'cancel' || one.interval === interval)
  if (plan.present)
    return offer && paid && paid !== interval ? { kind: 'interval', offer: offer.id } : { kind: 'yours' }
  const below = plans.indexOf(plan) < plans.findIndex(({ present }) => present)
  if (offer) return { kind: below ? 'down' : 'up', offer: offer.id }
  const agreed = plan.prices.length === 0
  if (agreed && (plan.free || below)) return { kind: 'none' }
  if (buyer && !state.asksVendor) return agreed ? { kind: 'talk', feature: null } : { kind: 'none' }
  // What comes with it and is not there yet; what was asked for already comes first.
  const wishes = Object.keys(about).filter((key) => about[key]?.comesWith?.key === plan.key && !features[key]?.allowed)
  if (wishes.some((key) => requests.some((one) => one.feature === key && one.user === state.user.id)))
    return { kind: 'asked' }
  const [feature = null] = wishes
  if (agreed) return { kind: 'talk', feature }
  return feature === null ? { kind: 'none' } : { kind: 'ask', feature }
}

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import { type AccessRequest, type Offer, type Quote, type Softgate, SoftgateError, type Upgrade } from '@softgate/sdk'
import { asksVendor, mayBuy } from '../client.ts'
import { offerOf } from '../offers.ts'
import type { Page } from '../page.ts'
import { forgetPrices, priceOf, type Wanted } from '../price.ts'

export interface RequestGroup {
  feature: string
  requests: readonly AccessRequest[]
  /** The requests that a decision answers now. */
  selected: readonly AccessRequest[]
  /** Units of the selected. */
  units: number
  /** Whether the plan allows them all as it is. */
  covered: boolean
  /** What would cover them; null where they are, or nothing would. */
  offer: Offer | null
  /** What that costs, exactly; `waiting` for it, null where there is no price to show. */
  quote: Quote | 'waiting' | null
}

/** What a purchase was for, and what became of it. */
export interface Bought {
  feature: string
  requests: readonly AccessRequest[]
  upgrade: Upgrade | null
}

export interface RequestsInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
  /** Takes a purchase that needs its user, as for 3-D Secure, to its end; false when it was given up. */
  finish?(upgrade: Upgrade): Promise<boolean>
}

export interface Requests {
  /** Null until they are known. */
  all: ReadonlySignal<readonly AccessRequest[] | null>
  /** The open ones by feature; of a member, none. */
  groups: ReadonlySignal<readonly RequestGroup[]>
  /** Open ones of this user's own, which the vendor's team answers. */
  waiting: ReadonlySignal<readonly AccessRequest[]>
  answered: ReadonlySignal<readonly AccessRequest[]>
  admin: ReadonlySignal<boolean>
  /** A decision is under way; `paying` names the feature that is paid for. */
  busy: ReadonlySignal<boolean>
  paying: ReadonlySignal<string>
  bought: ReadonlySignal<Bought | null>
  /** `changed`: the price did not hold, and the new one is shown. */
  failed: ReadonlySignal<false | 'failed' | 'changed'>
  toggle(id: string): void
  /**
   * Grants the selected of a group. What the plan does not cover is bought first: units at the price that is shown, a plan in
   * the upgrade dialog.
   */
  grant(group: RequestGroup): Promise<void>
  decline(id: string, reply: string): Promise<void>
  /** Takes back an own request. */
  withdraw(id: string): Promise<void>
  dispose(): void
}

/** A burst of clicks is one question for the price. */
const calmMs = 300
const codeOf = (error: unknown): string => (error instanceof SoftgateError ? error.code : '')

/** The admin's inbox, or a member's own requests, without their looks. */
export function createRequests({ softgate, page, finish = async () => false }: RequestsInput): Requests {
  const all = signal<readonly AccessRequest[] | null>(null)
  const unselected = signal<readonly string[]>([])
  const busy = signal(false)
  /** The group that is paid for, as it was shown: what its purchase changes on the way is not the question any more. */
  const paid = signal<RequestGroup | null>(null)
  const bought = signal<Bought | null>(null)
  const failed = signal<false | 'failed' | 'changed'>(false)
  const prices = signal<Record<string, { key: string; quote: Quote | null }>>({})
  let cancelTimer = (): void => {}

  const load = async (): Promise<void> => {
    const known = softgate.peek()
    if (!known?.state.peek()) return
    // Stale is better than gone: the next change of the state asks again.
    await known.send('GET /v1/requests').then(
      ({ requests }) => {
        all.value = requests
      },
      () => {},
    )
  }
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy.peek()) return
    busy.value = true
    failed.value = false
    await work().catch((error) => {
      failed.value = /^quote_/.test(codeOf(error)) ? 'changed' : 'failed'
    })
    busy.value = false
    paid.value = null
    await load()
  }
  const admin = computed(() => mayBuy(softgate.value))
  const answer = (id: string, answer: 'grant' | 'decline', reply?: string) =>
    softgate.peek()?.send('POST /v1/requests/{id}', { answer, ...(reply && { reply }) }, { id })

  const waiting = computed(() => {
    const me = softgate.value?.state.value?.user.id
    if (!admin.value || !asksVendor(softgate.value)) return []
    return (all.value ?? []).filter(({ status, user }) => status === 'open' && user === me)
  })
  const open = computed(() => {
    const state = softgate.value?.state.value
    const requests = (all.value ?? []).filter((one) => one.status === 'open' && !waiting.value.includes(one))
    const features = admin.value ? [...new Set(requests.map(({ feature }) => feature))] : []
    return features.map((feature) => {
      const own = requests.filter((request) => request.feature === feature)
      const selected = own.filter(({ id }) => !unselected.value.includes(id))
      const units = selected.reduce((sum, { quantity }) => sum + quantity, 0)
      const { allowed: covered = false } = softgate.value?.check(feature, Math.max(1, units)) ?? {}
      return { feature, requests: own, selected, units, covered, offer: covered ? null : offerOf(state, feature) }
    })
  })
  /** What is bought for a group: the units that are missing, or all that the offer says. */
  const wantedFor = ({ feature, selected, units, offer }: (typeof open.value)[number]): Wanted | null => {
    if (!offer || selected.length === 0) return null
    const { quantity } = offer
    const { remaining } = softgate.peek()?.check(feature) ?? {}
    const missing = offer.kind === 'add' ? units - (remaining ?? 0) : quantity?.default
    return { offer: offer.id, ...(quantity && missing !== undefined && { quantity: Math.max(quantity.min, missing) }) }
  }
  const keyOf = (wanted: Wanted): string => `${wanted.offer} ${wanted.quantity}`

  const askPrices = (): void => {
    const client = softgate.peek()
    for (const group of open.peek()) {
      const wanted = wantedFor(group)
      if (!client || !wanted || prices.peek()[group.feature]?.key === keyOf(wanted)) continue
      const keep = (quote: Quote | null): void => {
        prices.value = { ...prices.peek(), [group.feature]: { key: keyOf(wanted), quote } }
      }
      priceOf(client, wanted, page).then(keep, () => keep(null))
    }
  }
  const stops = [
    // A grant elsewhere, or a seat that was bought, changes the state.
    effect(() => {
      void softgate.value?.state.value
      queueMicrotask(() => void load())
    }),
    effect(() => {
      void [open.value, prices.value]
      cancelTimer()
      cancelTimer = page.after(calmMs, askPrices)
    }),
  ]

  /** Safe to repeat: with the same quote it is the same purchase, so an answer that is lost is asked for until it comes. */
  const buy = async (client: Softgate, quote: string): Promise<Upgrade> => {
    for (let waitMs = 1_000; ; waitMs = Math.min(waitMs * 1.5, 15_000))
      try {
        return await client.upgrade(quote)
      } catch (error) {
        if (!['unreachable', 'overloaded'].includes(codeOf(error))) throw error
        await new Promise<void>((resolve) => page.after(waitMs, resolve))
      }
  }
  /** Buys what a group lacks; null when it was let be. */
  const cover = async (client: Softgate, group: RequestGroup): Promise<Upgrade | true | null> => {
    const { feature, units, offer, quote } = group
    if (offer?.kind !== 'add' || !quote || quote === 'waiting')
      return (await client.gate(feature, { quantity: units })).allowed || null
    paid.value = group
    const upgrade = await buy(client, quote.id).finally(() => {
      forgetPrices(client)
      prices.value = {}
    })
    if (upgrade.status === 'applied') return upgrade
    return (await finish(upgrade)) ? await client.send('GET /v1/upgrades/{id}', undefined, { id: upgrade.id }) : null
  }

  return {
    all,
    admin,
    busy,
    paying: computed(() => paid.value?.feature ?? ''),
    bought,
    failed,
    groups: computed(() =>
      open.value.map((group) => {
        if (paid.value?.feature === group.feature) return paid.value
        const wanted = wantedFor(group)
        const price = prices.value[group.feature]
        if (!wanted) return { ...group, quote: null }
        return { ...group, quote: price?.key === keyOf(wanted) ? price.quote : 'waiting' }
      }),
    ),
    waiting,
    answered: computed(() => (all.value ?? []).filter(({ status }) => status !== 'open' || !admin.value)),
    toggle(id) {
      const now = unselected.peek()
      unselected.value = now.includes(id) ? now.filter((other) => other !== id) : [...now, id]
    },
    grant: (group) =>
      run(async () => {
        const client = softgate.peek()
        if (!client || group.selected.length === 0) return
        bought.value = null
        const covered = group.covered || (await cover(client, group))
        if (!covered) return
        const { feature, selected: requests } = group
        for (const { id } of requests) await answer(id, 'grant')
        bought.value = { feature, requests, upgrade: covered === true ? null : covered }
      }),
    decline: (id, reply) => run(async () => answer(id, 'decline', reply)),
    withdraw: (id) => run(async () => softgate.peek()?.send('DELETE /v1/requests/{id}', undefined, { id })),
    dispose() {
      cancelTimer()
      for (const stop of stops) stop()
    },
  }
}

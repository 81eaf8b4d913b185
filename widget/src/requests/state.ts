import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { AccessRequest, Softgate } from '@softgate/sdk'
import { mayBuy } from '../client.ts'

export interface RequestGroup {
  feature: string
  requests: readonly AccessRequest[]
  /** The requests that a decision answers now. */
  selected: readonly AccessRequest[]
  /** Units of the selected. */
  units: number
  /** Whether the plan allows them all as it is. */
  covered: boolean
}

export interface Requests {
  /** Null until they are known. */
  all: ReadonlySignal<readonly AccessRequest[] | null>
  /** The open ones by feature; of a member, none. */
  groups: ReadonlySignal<readonly RequestGroup[]>
  answered: ReadonlySignal<readonly AccessRequest[]>
  admin: ReadonlySignal<boolean>
  /** A decision is under way. */
  busy: ReadonlySignal<boolean>
  failed: ReadonlySignal<boolean>
  toggle(id: string): void
  /** Grants the selected of a group. What the plan does not cover is bought first, in the upgrade dialog. */
  grant(group: RequestGroup): Promise<void>
  decline(id: string, reply: string): Promise<void>
  dispose(): void
}

/** The admin's inbox, or a member's own requests, without their looks. */
export function createRequests({ softgate }: { softgate: ReadonlySignal<Softgate | null> }): Requests {
  const all = signal<readonly AccessRequest[] | null>(null)
  const unselected = signal<readonly string[]>([])
  const busy = signal(false)
  const failed = signal(false)

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
  // A grant elsewhere, or a seat that was bought, changes the state.
  const stop = effect(() => {
    void softgate.value?.state.value
    queueMicrotask(() => void load())
  })
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy.peek()) return
    busy.value = true
    failed.value = false
    await work().catch(() => {
      failed.value = true
    })
    busy.value = false
    await load()
  }
  const admin = computed(() => mayBuy(softgate.value))
  const answer = (id: string, answer: 'grant' | 'decline', reply?: string) =>
    softgate.peek()?.send('POST /v1/requests/{id}', { answer, ...(reply && { reply }) }, { id })

  return {
    all,
    admin,
    busy,
    failed,
    groups: computed(() => {
      void softgate.value?.state.value
      const open = (all.value ?? []).filter(({ status }) => status === 'open')
      const features = admin.value ? [...new Set(open.map(({ feature }) => feature))] : []
      return features.map((feature) => {
        const requests = open.filter((request) => request.feature === feature)
        const selected = requests.filter(({ id }) => !unselected.value.includes(id))
        const units = selected.reduce((sum, { quantity }) => sum + quantity, 0)
        const covered = softgate.value?.check(feature, Math.max(1, units)).allowed ?? false
        return { feature, requests, selected, units, covered }
      })
    }),
    answered: computed(() => (all.value ?? []).filter(({ status }) => status !== 'open' || !admin.value)),
    toggle(id) {
      const now = unselected.peek()
      unselected.value = now.includes(id) ? now.filter((other) => other !== id) : [...now, id]
    },
    grant: ({ feature, selected, units }) =>
      run(async () => {
        const gate = await softgate.peek()?.gate(feature, { quantity: units })
        if (!gate?.allowed) return
        for (const { id } of selected) await answer(id, 'grant')
      }),
    decline: (id, reply) => run(async () => answer(id, 'decline', reply)),
    dispose: stop,
  }
}

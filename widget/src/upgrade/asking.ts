import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { AccessRequest } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Scene } from './scene.ts'

/** Members who ask, and the requests that a purchase would answer. */
export interface Asking {
  /** What this user has asked for here; null before, and once it is taken back. */
  readonly request: ReadonlySignal<AccessRequest | null>
  /** Open requests of others for the same, shown to who may buy. */
  readonly people: ReadonlySignal<readonly AccessRequest[]>
  /** The request is on its way, or on its way back. */
  readonly sending: ReadonlySignal<boolean>
  /** Asks the account's admins, with a word of one's own. */
  send(note: string): Promise<void>
  /** Takes back what was sent: the dialog asks again, with what was written. */
  takeBack(): Promise<void>
}

export function createAsking({ subject, open, step, softgate, client, tell, finish }: Scene): Asking & {
  dispose(): void
} {
  const request = signal<AccessRequest | null>(null)
  const people = signal<readonly AccessRequest[]>([])
  const sending = signal(false)

  /** Changes with every question, and where somebody has asked or was answered meanwhile; empty where nobody waits. */
  const question = computed(() => {
    const { open: count = 0, changedAt } = softgate.value?.state.value?.requests ?? {}
    const { feature = '' } = subject.value?.decision ?? {}
    return open.value && feature && count && mayBuy(softgate.value) ? `${feature} ${changedAt}` : ''
  })
  const dispose = effect(() => {
    const key = question.value
    if (!key) people.value = []
    else
      softgate
        .peek()
        ?.send('GET /v1/requests')
        .then(
          ({ requests }) => {
            const { feature } = subject.peek()?.decision ?? {}
            if (key === question.peek())
              people.value = requests.filter((one) => one.feature === feature && one.status === 'open')
          },
          () => {},
        )
  })

  /** One call at a time; without an answer nothing has changed. */
  const during = async (run: () => Promise<void>): Promise<void> => {
    if (sending.peek()) return
    sending.value = true
    try {
      await run()
    } catch {
      step.value = 'offline'
    }
    sending.value = false
  }

  return {
    request,
    people,
    sending,
    async send(note) {
      const { decision, quantity } = subject.peek() ?? {}
      if (step.peek() !== 'ask' || !decision) return
      await during(async () => {
        tell('clicked')
        request.value = await client().request(decision.feature, { quantity: quantity ?? 1, ...(note && { note }) })
        step.value = 'sent'
        finish('requested')
      })
    },
    async takeBack() {
      const { id } = request.peek() ?? {}
      if (step.peek() !== 'sent' || !id) return
      await during(async () => {
        await client().send('DELETE /v1/requests/{id}', undefined, { id })
        step.value = 'ask'
      })
    },
    dispose,
  }
}

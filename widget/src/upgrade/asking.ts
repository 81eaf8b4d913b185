import { computed, effect, type Signal } from '@preact/signals-core'
import type { AccessRequest } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Scene } from './scene.ts'

/** What is known of the requests about a subject. */
export interface Requested {
  /** What this user has asked for here; null before, and once it is taken back. */
  readonly request: Signal<AccessRequest | null>
  /** Open requests of others for the same, shown to who may buy. */
  readonly people: Signal<readonly AccessRequest[]>
  /** The request is on its way, or on its way back. */
  readonly sending: Signal<boolean>
  /** The word that goes with a request, as it is being written. */
  readonly note: Signal<string>
}

/** Members who ask, and the requests that a purchase would answer: it loads where there is one of either. */
export interface Asking {
  /** Asks the account's admins. */
  send(): Promise<void>
  /** Takes back what was sent: the dialog asks again, with what was written. */
  takeBack(): Promise<void>
  dispose(): void
}

export function createAsking(
  { subject, open, step, softgate, client, tell, finish }: Scene,
  { request, people, sending, note }: Requested,
): Asking {
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
    async send() {
      const { decision, quantity } = subject.peek() ?? {}
      if (step.peek() !== 'ask' || !decision) return
      await during(async () => {
        tell('clicked')
        const word = note.peek() ? { note: note.peek() } : {}
        request.value = await client().request(decision.feature, { quantity: quantity ?? 1, ...word })
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

import { effect } from '@preact/signals-core'
import type { Decision, GateAnswer, GateInput, Prompt } from '../contract/index.ts'
import type { Page } from './page.ts'
import type { Store } from './store.ts'
import type { Send } from './wire.ts'

export type GateOptions = Omit<GateInput, 'feature'>

/**
 * How an attempt ended. `allowed`: no question was asked. `upgraded`: it is allowed now. `requested`: an admin was asked.
 * `dismissed`: the user let it be, or there was nobody to show the prompt. `unavailable`: the backend did not answer, and
 * `allowed` is what the last known state says.
 */
export type GateOutcome = 'allowed' | 'upgraded' | 'requested' | 'dismissed' | 'unavailable'

export interface GateResult {
  allowed: boolean
  outcome: GateOutcome
  decision: Decision
  /** What there was to show, for a host that shows it itself. */
  prompt: Prompt | null
}

/** What a presenter has to show. */
export interface Presentation extends GateAnswer {
  prompt: Prompt
  quantity: number
}

export interface PromptControls {
  /** Aborted when the prompt has lost its reason: the feature was allowed meanwhile, by whomever, or the client was closed. */
  signal: AbortSignal
}

/** Shows a prompt and resolves with what the user did. After `upgraded` the gate opens as soon as the state shows it. */
export type Presenter = (
  presentation: Presentation,
  controls: PromptControls,
) => Promise<'upgraded' | 'requested' | 'dismissed'>

export interface Gates {
  /** Never rejects. Attempts at one feature that is being asked about share the question. */
  gate(feature: string, options?: GateOptions): Promise<GateResult>
  /** Registers who shows prompts; the last one counts. The returned function takes it back. */
  onPrompt(presenter: Presenter): () => void
}

/** With the server's decision, which counts where it is about an entity: of those the state knows nothing. */
type Answer = Pick<GateResult, 'outcome' | 'prompt'> & { decision?: Decision | undefined }

export function createGates(page: Page, { check, connection }: Store, send: Send, refresh: () => Promise<void>): Gates {
  const open = new Map<string, Promise<Answer>>()
  let presenter: Presenter | null = null

  const attempt = async (input: GateInput): Promise<Answer> => {
    const { feature, quantity = 1, entity } = input
    const control = new AbortController()
    let prompt: Prompt | null = null
    let decision: Decision | undefined
    let outcome: GateOutcome = 'unavailable'
    try {
      // The user waits for this answer: one that is lost is not asked for again.
      ;({ decision, prompt } = await send('POST /v1/gates', input, { quick: true }))
      // Either side may be behind the other; the state decides when a gate opens, so it has to be true first.
      if (decision.allowed || check(feature, quantity).allowed) await refresh()
      outcome = decision.allowed ? 'allowed' : 'dismissed'
      if (!decision.allowed && prompt && presenter) {
        const shown = presenter({ decision, prompt, quantity }, control)
        // The state may show sooner that there is nothing to ask any more; `control` ends the looking.
        const settled = new Promise<GateOutcome>((resolve) => {
          control.signal.onabort = effect(() => {
            if (!entity && check(feature, quantity).allowed) resolve('upgraded')
            if (connection.value === 'closed') resolve('unavailable')
          })
        })
        outcome = await Promise.race([shown, settled])
        if (outcome === 'upgraded') {
          if (entity) decision = await send('POST /v1/check', { feature, quantity, entity })
          // So long may a paid upgrade take to show in the state.
          else outcome = (await Promise.race([settled, page.wait(30_000)])) || 'unavailable'
        }
      }
    } catch (error) {
      page.warn(`gate ${feature}`, error)
    }
    control.abort()
    return { outcome, prompt, decision }
  }

  return {
    async gate(feature, options = {}) {
      const { quantity, entity } = options
      const now = check(feature, quantity)
      let answer: Answer = { outcome: 'allowed', prompt: null }
      if (entity || !now.allowed || now.source !== 'live') {
        const key = `${feature} ${entity} ${entity && quantity}`
        const asked = open.get(key) ?? attempt({ feature, ...options }).finally(() => open.delete(key))
        open.set(key, asked)
        answer = await asked
      }
      const decision = (entity && answer.decision) || check(feature, quantity)
      return { ...answer, decision, allowed: decision.allowed }
    },
    onPrompt(made) {
      presenter = made
      return () => {
        if (presenter === made) presenter = null
      }
    },
  }
}

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

/** With a decision where it is about an entity: of those the state knows nothing. */
type Answer = Pick<GateResult, 'outcome' | 'prompt'> & { decision?: Decision }

/** How long a paid upgrade may take to show in the state. */
const showMs = 30_000

export function createGates(page: Page, { check, connection }: Store, send: Send, refresh: () => Promise<void>): Gates {
  const open = new Map<string, Promise<Answer>>()
  let presenter: Presenter | null = null

  /** Resolves with the presenter's outcome, or sooner when the state shows that there is nothing to ask any more. */
  const present = async (show: Presenter, presentation: Presentation): Promise<GateOutcome> => {
    const { decision, quantity } = presentation
    const inState = decision.scope !== 'entity'
    const control = new AbortController()
    let stop: (() => void) | undefined
    try {
      return await new Promise((resolve, reject) => {
        stop = effect(() => {
          if (inState && check(decision.feature, quantity).allowed) resolve('upgraded')
          if (connection.value === 'closed') resolve('unavailable')
        })
        const ask = async (): Promise<void> => {
          const outcome = await show(presentation, control)
          if (outcome !== 'upgraded' || !inState) return resolve(outcome)
          await page.wait(showMs)
          resolve('unavailable')
        }
        ask().catch(reject)
      })
    } catch (error) {
      page.warn('onPrompt', error)
      return 'dismissed'
    } finally {
      stop?.()
      control.abort()
    }
  }

  const attempt = async (feature: string, options: GateOptions): Promise<Answer> => {
    const { quantity = 1, entity } = options
    try {
      // The user waits for this answer: one that is lost is not asked for again.
      let { decision, prompt } = await send('POST /v1/gates', { feature, ...options }, { quick: true })
      let outcome: GateOutcome = 'allowed'
      // Either side may be behind the other; the state decides when a gate opens, so it has to be true first.
      if (decision.allowed || check(feature, quantity).allowed) await refresh()
      if (!decision.allowed) {
        outcome = prompt && presenter ? await present(presenter, { decision, prompt, quantity }) : 'dismissed'
        if (entity && outcome === 'upgraded') decision = await send('POST /v1/check', { feature, quantity, entity })
      }
      return entity ? { outcome, prompt, decision } : { outcome, prompt }
    } catch (error) {
      page.warn(`gate ${feature}`, error)
      return { outcome: 'unavailable', prompt: null }
    }
  }

  return {
    async gate(feature, options = {}) {
      const { quantity, entity } = options
      const now = check(feature, quantity)
      let answer: Answer = { outcome: 'allowed', prompt: null }
      if (entity || !now.allowed || now.source !== 'live') {
        const key = `${feature} ${entity} ${entity && quantity}`
        const asked = open.get(key) ?? attempt(feature, options).finally(() => open.delete(key))
        open.set(key, asked)
        answer = await asked
      }
      const { decision = check(feature, quantity) } = answer
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

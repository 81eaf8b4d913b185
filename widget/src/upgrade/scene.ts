import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { type Presentation, type Quote, type Softgate, SoftgateError, type Upgrade } from '@softgate/sdk'
import type { Page } from '../page.ts'
import type { Step, UpgradeOutcome } from './model.ts'
import { createTurns, type Turns } from './turns.ts'

/** What the parts of the flow share: where it stands, and whom they talk to. */
export interface Scene {
  page: Page
  turns: Turns
  subject: Signal<Presentation | null>
  open: Signal<boolean>
  step: Signal<Step>
  quote: Signal<Quote | null>
  upgrade: Signal<Upgrade | null>
  softgate: ReadonlySignal<Softgate | null>
  client(): Softgate
  /** Reports what was done with the prompt. */
  tell(outcome: 'shown' | 'clicked' | 'dismissed'): void
  /** Ends the question that was asked with `present` or `resume`. */
  finish(outcome: UpgradeOutcome): void
  /** Begins a question; the one before ends. */
  begin(): Promise<UpgradeOutcome>
}

const weekSeconds = 604_800

export const codeOf = (error: unknown): string => (error instanceof SoftgateError ? error.code : 'internal')

export function createScene(softgate: ReadonlySignal<Softgate | null>, page: Page): Scene {
  const subject = signal<Presentation | null>(null)
  let resolve = (_: UpgradeOutcome): void => {}
  const client = (): Softgate => {
    const known = softgate.peek()
    if (!known) throw new Error('connect(softgate) comes first')
    return known
  }
  return {
    page,
    turns: createTurns(page),
    subject,
    open: signal(false),
    step: signal('quote'),
    quote: signal(null),
    upgrade: signal(null),
    softgate,
    client,
    tell(outcome) {
      const { delivery } = subject.peek()?.prompt ?? {}
      const rest = outcome === 'dismissed' ? { forSeconds: weekSeconds } : {}
      // A report that is lost must not stand in the way of a purchase.
      if (delivery)
        client()
          .send('POST /v1/prompts/{delivery}/outcome', { outcome, ...rest }, { id: delivery })
          .catch(() => {})
    },
    finish: (outcome) => resolve(outcome),
    begin() {
      resolve('dismissed')
      return new Promise((settled) => {
        resolve = settled
      })
    },
  }
}

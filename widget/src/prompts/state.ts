import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { OutcomeInput, Prompt, Softgate } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Page } from '../page.ts'

export interface PromptsInput {
  softgate: ReadonlySignal<Softgate | null>
  /** Only prompts of this placement; where it is empty, banners and toasts. */
  placement: ReadonlySignal<string>
  page: Page
}

export type Choice = 'tomorrow' | 'nextWeek' | 'neverMe' | 'neverAll'

export interface Prompts {
  /** What there is to show now, one at a time. */
  prompt: ReadonlySignal<Prompt | null>
  /** What the user has just chosen; it can be undone for ten seconds. */
  chosen: ReadonlySignal<{ choice: Choice; until: number } | null>
  /** Whether this user may speak for the account. */
  admin: ReadonlySignal<boolean>
  choose(choice: Choice): void
  undo(): void
  /** Ends the time for undoing. */
  settle(): void
  /** Put away by its cross: for a week. */
  close(): void
  /** Its action was taken. */
  act(): Prompt | null
  dispose(): void
}

const dayMs = 86_400_000
const undoMs = 10_000

/** Prompts that come by themselves, without their looks. */
export function createPrompts({ softgate, placement, page }: PromptsInput): Prompts {
  const gone = signal<readonly string[]>([])
  const chosen = signal<{ choice: Choice; until: number } | null>(null)
  const shown = new Set<string>()
  let pending: (() => void) | null = null
  let cancelTimer = (): void => {}

  const due = computed(() => {
    const wanted = placement.value ? [placement.value] : ['banner', 'toast']
    const prompts = softgate.value?.state.value?.prompts ?? []
    const found = prompts.find((prompt) => wanted.includes(prompt.placement))
    return found && !gone.value.includes(found.delivery) ? found : null
  })
  const report = (delivery: string, outcome: OutcomeInput): void =>
    void softgate
      .peek()
      ?.send('POST /v1/prompts/{delivery}/outcome', outcome, { id: delivery })
      .catch(() => {})
  const stop = effect(() => {
    const now = due.value
    if (!now || shown.has(now.delivery)) return
    shown.add(now.delivery)
    report(now.delivery, { outcome: 'shown' })
  })
  const hide = (delivery: string): void => {
    gone.value = [...gone.peek(), delivery]
  }
  const settle = (): void => {
    cancelTimer()
    chosen.value = null
    pending?.()
    pending = null
  }

  return {
    prompt: due,
    chosen,
    admin: computed(() => mayBuy(softgate.value)),
    choose(choice) {
      const now = due.peek()
      if (!now) return
      settle()
      const snooze = choice === 'tomorrow' || choice === 'nextWeek'
      const until = snooze ? page.now() + (choice === 'tomorrow' ? dayMs : 7 * dayMs) : 0
      const outcome: OutcomeInput = snooze
        ? { outcome: 'snoozed', forSeconds: Math.round((until - page.now()) / 1_000) }
        : { outcome: 'dismissed', scope: choice === 'neverAll' ? 'account' : 'user' }
      hide(now.delivery)
      chosen.value = { choice, until }
      // The server knows no undo: it hears of the choice when the time for it is over.
      pending = () => report(now.delivery, outcome)
      cancelTimer = page.after(undoMs, settle)
    },
    undo() {
      cancelTimer()
      pending = null
      chosen.value = null
      gone.value = gone.peek().slice(0, -1)
    },
    settle,
    close() {
      const now = due.peek()
      if (!now) return
      hide(now.delivery)
      report(now.delivery, { outcome: 'dismissed', forSeconds: (7 * dayMs) / 1_000 })
    },
    act() {
      const now = due.peek()
      if (!now) return null
      hide(now.delivery)
      report(now.delivery, { outcome: 'clicked' })
      return now
    },
    dispose() {
      stop()
      settle()
    },
  }
}

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { OutcomeInput, Prompt, Softgate } from '@softgate/sdk'
import { mayBuy } from '../client.ts'
import type { Page } from '../page.ts'
import { daysToMonday, nineIn } from './when.ts'

export interface PromptsInput {
  softgate: ReadonlySignal<Softgate | null>
  /** Only prompts of this placement; where it is empty, banners, toasts, modals, and nudges that have no place of their own. */
  placement: ReadonlySignal<string>
  /** Only prompts about this feature; about any where it is empty. */
  feature?: ReadonlySignal<string>
  page: Page
  /** Whether a nudge about this feature has a place of its own in the page. */
  hasPlace?(feature: string | null): boolean
  /** Whether a modal may come up now; where it may not, it is a toast. */
  mayInterrupt?(): boolean
}

export type Choice = 'tomorrow' | 'nextWeek' | 'month' | 'neverMe' | 'neverAll'
export type PromptShape = 'banner' | 'inline' | 'toast' | 'nudge' | 'modal'

/** What the user has just chosen; `until` in epoch ms, null for ever. */
export interface Chosen {
  choice: Choice
  until: number | null
  feature: string | null
}

export interface Prompts {
  /** What there is to show now, one at a time. */
  prompt: ReadonlySignal<Prompt | null>
  /** How it is shown. */
  shape: ReadonlySignal<PromptShape>
  /** What the user has just chosen; it can be undone for ten seconds. */
  chosen: ReadonlySignal<Chosen | null>
  /** Whether this user may speak for the account. */
  admin: ReadonlySignal<boolean>
  /** Until when a choice holds that is made now, epoch ms; null for ever. */
  until(choice: Choice): number | null
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
const shapes: readonly string[] = ['banner', 'toast', 'nudge', 'modal']

/** Prompts that come by themselves, without their looks. */
export function createPrompts(input: PromptsInput): Prompts {
  const { softgate, placement, feature, page, hasPlace = () => false, mayInterrupt = () => true } = input
  const gone = signal<readonly string[]>([])
  const chosen = signal<Chosen | null>(null)
  /** What this page has shown. */
  const opened = new Set<string>()
  /** Of each modal, whether it came up. */
  const modals = new Map<string, boolean>()
  let takeBack = (): void => {}
  let cancelTimer = (): void => {}

  const due = computed(() => softgate.value?.state.value?.prompts ?? [])
  const isMine = (prompt: Prompt): boolean => {
    if (placement.value)
      return prompt.placement === placement.value && [prompt.feature, ''].includes(feature?.value ?? '')
    return prompt.placement === 'nudge'
      ? !hasPlace(prompt.feature)
      : ['banner', 'toast', 'modal'].includes(prompt.placement)
  }
  const prompt = computed(() => {
    const found = due.value.find(isMine)
    if (!found || chosen.value || gone.value.includes(found.delivery)) return null
    const spent = found.placement === 'nudge' && found.seen && !opened.has(found.delivery)
    return spent ? null : found
  })
  const report = async (delivery: string, outcome: OutcomeInput): Promise<void> => {
    await softgate
      .peek()
      ?.send('POST /v1/prompts/{delivery}/outcome', outcome, { id: delivery })
      .catch(() => {})
  }
  const stop = effect(() => {
    const known = new Set(due.value.map(({ delivery }) => delivery))
    // What comes back, after a snooze say, is shown anew.
    for (const delivery of opened) if (!known.has(delivery)) [opened, modals].map((one) => one.delete(delivery))
    const left = gone.peek().filter((delivery) => known.has(delivery))
    if (left.length < gone.peek().length) gone.value = left
    const now = prompt.value
    if (!now || opened.has(now.delivery)) return
    opened.add(now.delivery)
    if (!now.seen) void report(now.delivery, { outcome: 'shown' })
  })
  const hide = (): Prompt | null => {
    const now = prompt.peek()
    if (now) gone.value = [...gone.peek(), now.delivery]
    return now
  }
  const settle = (): void => {
    cancelTimer()
    chosen.value = null
  }
  const until = (choice: Choice): number | null => {
    const now = page.now()
    const zone = softgate.peek()?.state.peek()?.account.timeZone ?? 'UTC'
    if (choice === 'tomorrow') return nineIn(1, now, zone)
    if (choice === 'nextWeek') return nineIn(daysToMonday(now, zone), now, zone)
    return choice === 'month' ? now + 30 * dayMs : null
  }

  return {
    prompt,
    shape: computed(() => {
      const { placement: at = '', delivery = '' } = prompt.value ?? {}
      if (at === 'modal' && !modals.has(delivery)) modals.set(delivery, mayInterrupt())
      if (at === 'nudge' ? !placement.value : at === 'modal' && !modals.get(delivery)) return 'toast'
      return shapes.includes(at) ? (at as PromptShape) : 'inline'
    }),
    chosen,
    admin: computed(() => mayBuy(softgate.value)),
    until,
    choose(choice) {
      settle()
      const now = hide()
      if (!now) return
      const end = until(choice)
      const outcome: OutcomeInput = {
        outcome: choice === 'tomorrow' || choice === 'nextWeek' ? 'snoozed' : 'dismissed',
        scope: choice === 'neverAll' ? 'account' : 'user',
        ...(end !== null && { forSeconds: Math.ceil((end - page.now()) / 1_000) }),
      }
      chosen.value = { choice, until: end, feature: now.feature }
      const told = report(now.delivery, outcome)
      takeBack = () => {
        gone.value = gone.peek().filter((delivery) => delivery !== now.delivery)
        void told.then(() => report(now.delivery, { ...outcome, forSeconds: 0 }))
      }
      cancelTimer = page.after(undoMs, settle)
    },
    undo() {
      if (!chosen.peek()) return
      settle()
      takeBack()
    },
    settle,
    close() {
      const now = hide()
      if (now) void report(now.delivery, { outcome: 'dismissed', forSeconds: (7 * dayMs) / 1_000 })
    },
    act() {
      const now = hide()
      if (now) void report(now.delivery, { outcome: 'clicked' })
      return now
    },
    dispose() {
      stop()
      settle()
    },
  }
}

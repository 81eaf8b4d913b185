import { effect, signal } from '@preact/signals-core'
import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { type Body, defineElement, type Signals } from '../element.ts'
import { decisionOf } from './decision.ts'

const props = { feature: '', quantity: 1, shape: 'card', label: '', units: '', plan: '', after: 0, done: 0 }
export type GateProps = Signals<typeof props>

/**
 * `<softgate-gate feature="sso">`: shows what stands in it when the feature is allowed. When it is not, a card takes its
 * place that says what is so and leads on; a feature that is used up says its limit.
 *
 * Attributes and properties:
 * - `feature`, `quantity` (1): what is tried
 * - `shape`: `card` (the default); `overlay`, over what stands in it, which is seen but out of reach: the description says
 *   what it shows; `control`, a button in place of one, with a tip
 * - `label`, `units`: its name and the word for many, where the catalogue's do not fit here
 * - `plan`: the title of the plan it comes with, likewise
 * - `after`, `done`: for what opens by use: `done` of `after` `units` are there, and a meter stands in place of a lock
 *
 * What it draws in place of what is locked loads with the first gate that is.
 *
 * Slots: the default for what is locked; `description`, `preview` and `ways` (free ways out) for the card.
 *
 * Events: `softgate-result` after the prompt, `{detail: GateResult}`; it bubbles.
 *
 * Parts: `card`, `title`, `plan`, `action`, `control`. Custom properties: see `base-css.ts`.
 */
export const defineGate = (): void =>
  defineElement({
    tag: 'softgate-gate',
    css: baseCss,
    props,
    setup(host, own) {
      const decision = decisionOf({ softgate: client, ...own })
      const open = (): boolean => decision.value?.allowed === true && own.done.value >= own.after.value
      const lock = signal<Body | null>(null)
      let wanted = false
      const stop = effect(() => {
        if (wanted || !decision.value || open()) return
        wanted = true
        import('./host.tsx').then(
          ({ createLock }) => {
            if (wanted) lock.value = createLock(host, own)
          },
          // Without a connection: it is tried again with the next news.
          () => {
            wanted = false
          },
        )
      })
      return {
        view: () => (open() ? <slot /> : decision.value && lock.value?.view()),
        dispose() {
          stop()
          wanted = false
          lock.value?.dispose?.()
        },
      }
    },
  })

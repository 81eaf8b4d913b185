import { effect, signal } from '@preact/signals-core'
import { type Naming, naming } from '../about.ts'
import { announce } from '../announce.ts'
import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { defineElement, emit } from '../element.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { showMore } from '../show-offer.ts'
import { meterCss } from './css.ts'
import { linesOf } from './lines.ts'
import { meterEnglish } from './messages.ts'
import { createMeter, type MeterState } from './state.ts'
import { type Forms, MeterView } from './view.tsx'

/**
 * `<softgate-meter feature="seats">`: how much is used, what it counts against, and when it will matter.
 *
 * Attributes and properties:
 * - `feature`: the feature's key
 * - `variant`: `bar` (the default); `ring` or `compact`, which load where one is used
 * - `label`, `units`: its name and the word for many, where the catalogue's do not fit here
 * - `action`: the word on the action for who may buy, such as `Add seats`; it is there when the meter warns or is full, and there
 *   is a way to more
 *
 * Slots: the default stands in its place until the state is known; `context` replaces the line below the state.
 *
 * Events: `softgate-action`, when the action is chosen, `{detail: {feature}}`; prevented, nothing follows, else the gate
 * of the feature is asked, or the dialog opens while there is still something left.
 *
 * Parts: `meter`, `label`, `value`, `track`, `fill`, `state`, `action`. Custom properties: see `base-css.ts`.
 */
export const defineMeter = (): void =>
  defineElement({
    tag: 'softgate-meter',
    css: baseCss + meterCss,
    props: { feature: '', variant: 'bar', label: '', units: '', action: '' },
    setup(host, { feature, variant, label, units, action }) {
      const meter = createMeter({ softgate: client, feature, now: page.now })
      const name = (): Naming => naming(feature.value, label.value, units.value)
      let last: MeterState['state'] = 'loading'
      // A change of the state is news to those who do not see it; a change of the figure is not.
      const stop = effect(() => {
        const { state = last } = meter.value ?? {}
        const news = meter.value && linesOf(meter.value, page.now()).state
        if (last === 'loading') announce('')
        else if (news && last !== state) announce(`${name().title}. ${news}`)
        last = state
      })
      const act = (): void => {
        const now = meter.peek()
        if (!now || !emit(host, 'softgate-action', { feature: feature.value })) return
        if (now.state === 'blocked') void client.value?.gate(feature.value)
        else void showMore({ feature: feature.value, name: name().title, meter: now })
      }
      const forms = signal<Forms | null>(null)
      const stopForms = effect(() => {
        if (variant.value === 'bar' || forms.value) return
        import('./narrow.tsx').then(
          ({ narrow }) => {
            if (host.shadowRoot) adopt(host.shadowRoot, narrow.css)
            forms.value = narrow.forms
          },
          // Without them, it is a bar.
          () => {
            forms.value = {}
          },
        )
      })
      /** What is said about time grows old by itself. */
      const minutes = signal(0)
      const stopClock = effect(() => {
        void minutes.value
        const { staleAt = null, state } = meter.value ?? {}
        if (staleAt !== null || state === 'grace') return page.after(60_000, () => minutes.value++)
      })
      return {
        view() {
          if (!meter.value) return null
          void minutes.value
          const { state, limit, used, staleAt, buyer, vendor, more } = meter.value
          if (variant.value !== 'bar' && !forms.value) return <slot />
          const say = words('meter', meterEnglish)
          const acts = staleAt === null && (state === 'blocked' || (more && (state === 'warn' || state === 'grace')))
          const view = (
            <MeterView
              meter={meter.value}
              name={name().title}
              units={name().units(limit || used)}
              variant={variant.value}
              forms={forms.value ?? {}}
              action={acts ? (buyer ? action.value || say.action : vendor ? say.askVendor : say.ask) : null}
              now={page.now()}
              onAction={act}
            />
          )
          return state === 'loading' ? <slot>{view}</slot> : view
        },
        dispose() {
          for (const one of [stop, stopForms, stopClock]) one()
        },
      }
    },
  })

import { effect, signal } from '@preact/signals-core'
import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { defineElement } from '../element.ts'
import { nameOf } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { meterCss } from './css.ts'
import { meterEnglish } from './messages.ts'
import { createMeter, type MeterState } from './state.ts'
import { lineOf, MeterView } from './view.tsx'

/**
 * `<softgate-meter feature="seats">`: how much is used, what it counts against, and when it will matter.
 *
 * Attributes and properties:
 * - `feature`: the feature's key
 * - `variant`: `bar` (the default), `ring` or `compact`
 * - `label`, `units`: its name and the word for many, where the key says it badly
 * - `action`: the word on the action of a full meter, such as `Add seats`
 *
 * Events: `softgate-action`, when the action is chosen, `{detail: {feature}}`; prevented, nothing follows, else the gate
 * of the feature is asked.
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
      const news = signal('')
      let last: MeterState['state'] | undefined
      // A change of the state is news to those who do not see it; a change of the figure is not.
      const stop = effect(() => {
        const now = meter.value
        if (!now) return
        if (last && last !== 'loading' && last !== now.state) news.value = lineOf(now, page.now())
        last = now.state
      })
      const act = (): void => {
        const detail = { feature: feature.value }
        const event = new CustomEvent('softgate-action', { detail, bubbles: true, composed: true, cancelable: true })
        if (host.dispatchEvent(event)) void client.value?.gate(feature.value)
      }
      return {
        view: () =>
          meter.value && (
            <>
              <MeterView
                meter={meter.value}
                name={label.value || nameOf(feature.value)}
                units={units.value || feature.value}
                variant={variant.value}
                action={
                  meter.value.state === 'blocked' && meter.value.staleAt === null
                    ? action.value || words('meter', meterEnglish).action
                    : null
                }
                now={page.now()}
                onAction={act}
              />
              <span class="vh" role="status">
                {news.value}
              </span>
            </>
          ),
        dispose: stop,
      }
    },
  })

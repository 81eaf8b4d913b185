import { effect, signal } from '@preact/signals-core'
import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { defineElement } from '../element.ts'
import type { PromptsHost } from './host.tsx'

/**
 * `<softgate-prompts>`: shows the prompts of the page, one at a time: the upgrade dialog that answers an attempt, and the
 * banner and the toast that come by themselves. One stands in a page, where a banner would be. Its own weight is small:
 * the dialog and the rest load with the first prompt.
 *
 * Attributes and properties:
 * - `placement`: only prompts of this placement, here, in place; such as `inline`. The dialog stays with the one without.
 * - `stripe-url`: where Stripe.js comes from, for 3-D Secure and other cards
 *
 * Events, bubbling: `softgate-upgraded` and `softgate-requested`, `{detail: {feature}}`.
 *
 * Parts: `dialog`, `title`, `bill`, `pay`, `dismiss`, `banner`, `toast`. Custom properties: see `base-css.ts`.
 */
export const definePrompts = (): void =>
  defineElement({
    tag: 'softgate-prompts',
    css: baseCss,
    props: { placement: '', stripeUrl: 'https://js.stripe.com/endive/stripe.js' },
    setup(host, { placement, stripeUrl }) {
      const heavy = signal<PromptsHost | null>(null)
      let loading: Promise<PromptsHost> | null = null
      const load = (): Promise<PromptsHost> => {
        loading ??= import('./host.tsx').then(({ createPromptsHost }) => {
          heavy.value = createPromptsHost({ host, placement, stripeUrl })
          return heavy.value
        })
        // A network that failed once may work the next time.
        loading.catch(() => {
          loading = null
        })
        return loading
      }
      const stops = [
        effect(() => {
          if (!placement.value) return client.value?.onPrompt(async (...input) => (await load()).present(...input))
        }),
        effect(() => {
          const state = client.value?.state.value
          if (state?.upgrade || state?.prompts[0]) load().catch(() => {})
        }),
      ]
      return {
        view: () => heavy.value?.view(),
        dispose() {
          for (const stop of stops) stop()
          heavy.value?.dispose()
        },
      }
    },
  })

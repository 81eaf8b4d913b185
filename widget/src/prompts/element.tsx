import { effect, signal } from '@preact/signals-core'
import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { type Body, defineElement } from '../element.ts'
import { once } from '../once.ts'
import { type Dialogs, showOffersIn } from '../show-offer.ts'
import { addPlace } from './places.ts'

/**
 * `<softgate-prompts>`: shows the prompts of the page, one at a time: the upgrade dialog that answers an attempt, and the
 * banner, the toast and the modal that come by themselves. One stands in a page, where a banner would be. Its own weight is
 * small: the dialogs load with the first attempt or change that they answer, the rest with the first prompt.
 *
 * A modal comes up only where somebody uses the page and does not write; else it is a toast. A nudge opens once a user, in the
 * place that the page has for it, beside the meter it is about; without one it is a toast.
 *
 * Attributes and properties:
 * - `placement`: only prompts of this placement, here, in place; such as `inline` or `nudge`. The dialog stays with the one
 *   without.
 * - `feature`: with a placement, only prompts about this feature
 * - `stripe-url`: where Stripe.js comes from, for 3-D Secure and other cards
 *
 * Events, bubbling: `softgate-upgraded` and `softgate-requested`, `{detail: {feature}}`.
 *
 * Slots: `icon` of a banner or an inline prompt; `figures` of a modal, such as what the team has done.
 *
 * Parts: `dialog`, `title`, `stepper`, `bill`, `pay`, `dismiss`, `banner`, `inline`, `nudge`, `toast`, `modal`, `action`.
 * Custom properties: see `base-css.ts`.
 */
export const definePrompts = (): void =>
  defineElement({
    tag: 'softgate-prompts',
    css: baseCss,
    props: { placement: '', feature: '', stripeUrl: 'https://js.stripe.com/endive/stripe.js' },
    setup(host, { placement, feature, stripeUrl }) {
      const bodies = signal<readonly Body[]>([])
      const add = <T extends Body>(body: T): T => {
        bodies.value = [...bodies.peek(), body]
        return body
      }
      const dialogs = once(async () => (await import('../upgrade/dialogs.ts')).createDialogs({ host, stripeUrl, add }))
      const page: Dialogs = {
        present: async (...shown) => (await dialogs()).present(...shown),
        settle: async (upgrade) => (await dialogs()).settle(upgrade),
      }
      const { present } = page
      const notices = once(async () =>
        add((await import('./host.tsx')).createNotices({ host, placement, feature, present })),
      )
      let known = false
      const stops = [
        effect(() => {
          if (!placement.value) return client.value?.onPrompt(present)
        }),
        effect(() => {
          if (!placement.value) return showOffersIn(page)
          if (placement.value === 'nudge') return addPlace(() => feature.value)
        }),
        effect(() => {
          const state = client.value?.state.value
          if (state?.prompts[0]) notices().catch(() => {})
          // Only an upgrade that was open when the page came goes on here, or one that comes back from Checkout: what opens
          // later is another tab's.
          if (state && !known && !placement.value && (state.upgrade || /[?&]softgate_upgrade=/.test(location.search)))
            import('../upgrade/comes-back.ts').then(({ goOn }) => goOn(state.upgrade, page.settle)).catch(() => {})
          known ||= state != null
        }),
      ]
      return {
        view: () => bodies.value.map((body) => body.view()),
        dispose() {
          for (const stop of stops) stop()
          for (const body of bodies.value) body.dispose?.()
        },
      }
    },
  })

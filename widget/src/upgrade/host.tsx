import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Presenter, Upgrade } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { upgradeCss } from './css.ts'
import { UpgradeDialog } from './dialog.tsx'
import { manageDialog } from './manage.ts'
import { upgradeEnglish } from './messages.ts'
import { createUpgradeFlow } from './state.ts'
import type { StripeDesk } from './stripe.ts'

export interface DialogHost extends Body {
  present: Presenter
  resume(upgrade: Upgrade): void
}

/** What `<softgate-prompts>` becomes when an attempt is answered. */
export function createDialogHost(host: HTMLElement, stripeUrl: ReadonlySignal<string>): DialogHost {
  if (host.shadowRoot) adopt(host.shadowRoot, upgradeCss)
  const desk = signal<StripeDesk | null>(null)
  const stripe = async (key: string) => {
    desk.value ??= (await import('./stripe.ts')).createStripeDesk(host, stripeUrl.peek())
    return desk.value.open(key)
  }
  const flow = createUpgradeFlow({ softgate: client, page, stripe })
  /** A dialog that was put away while its payment goes on is followed by a word. */
  const aside = signal(false)
  const stops = [
    manageDialog(host, flow),
    effect(() => {
      if (flow.open.value) aside.value = false
      else if (['paying', 'unknown'].includes(flow.step.value)) aside.value = true
    }),
    // The fields for another card come with Stripe.js.
    effect(() => {
      if (flow.step.value === 'card') void stripe(flow.upgrade.peek()?.publishableKey ?? '').catch(() => {})
    }),
    effect(() => (flow.step.value === 'card' ? desk.value?.showCard() : undefined)),
  ]
  const pay = (): void => {
    const card = desk.peek()?.card.peek()
    if (card) void flow.payWith({ card })
  }

  return {
    async present(presentation, controls) {
      const outcome = await flow.present(presentation, controls)
      const detail = { feature: presentation.decision.feature }
      if (outcome !== 'dismissed')
        host.dispatchEvent(new CustomEvent(`softgate-${outcome}`, { detail, bubbles: true, composed: true }))
      return outcome
    },
    resume: flow.resume,
    view() {
      const softgate = client.value
      const say = words('upgrade', upgradeEnglish)
      const hide = (): void => {
        aside.value = false
      }
      const onCard = desk.value?.card.value ? pay : null
      return (
        softgate && (
          <>
            {aside.value && (
              <div class="aside" part="toast" role="status">
                {flow.step.value === 'done' ? say.went : say.goesOn}
                <button type="button" class="link" onClick={hide}>
                  {say.close}
                </button>
              </div>
            )}
            <UpgradeDialog flow={flow} softgate={softgate} now={page.now()} onCard={onCard} />
          </>
        )
      )
    },
    dispose() {
      for (const stop of stops) stop()
      flow.dispose()
    },
  }
}

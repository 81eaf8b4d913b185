import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Presenter, Upgrade } from '@softgate/sdk'
import { client } from '../client.ts'
import { type Body, emit } from '../element.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { upgradeCss } from './css.ts'
import { UpgradeDialog } from './dialog.tsx'
import { manageDialog } from './manage.ts'
import { upgradeEnglish } from './messages.ts'
import type { UpgradeFlow } from './model.ts'
import { safeUrl } from './safe-url.ts'
import { createUpgradeFlow } from './state.ts'
import type { StripeDesk } from './stripe.ts'

export interface DialogHost extends Body {
  present: Presenter
  /** Goes on with an open upgrade, and shows what became of one that comes back from Checkout. */
  goOn(open: Upgrade | null): Promise<void>
  /** Takes over an upgrade that waits for its payment. */
  settle: UpgradeFlow['resume']
}

/** What `<softgate-prompts>` becomes when an attempt is answered. */
export function createDialogHost(host: HTMLElement, stripeUrl: ReadonlySignal<string>): DialogHost {
  if (host.shadowRoot) adopt(host.shadowRoot, upgradeCss)
  const desk = signal<StripeDesk | null>(null)
  const stripe = async (key: string) => {
    const url = safeUrl(new URL(stripeUrl.peek(), location.href).href) ?? ''
    desk.value ??= (await import('./stripe.ts')).createStripeDesk(host, url)
    return desk.value.open(key)
  }
  const flow = createUpgradeFlow({ softgate: client, page, stripe })
  /** A dialog that was put away while its payment goes on is followed by a word. */
  const aside = signal(false)
  const stops = [
    manageDialog(host, { ...flow, name: 'upgrade', titled: [flow.before, flow.quote] }),
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
    settle: flow.resume,
    async present(presentation, controls) {
      const outcome = await flow.present(presentation, controls)
      if (outcome !== 'dismissed') emit(host, `softgate-${outcome}`, { feature: presentation.decision.feature })
      return outcome
    },
    async goOn(open) {
      const address = new URL(location.href)
      const id = address.searchParams.get('softgate_upgrade')
      const upgrade = id ? await client.peek()?.send('GET /v1/upgrades/{id}', undefined, { id }) : open
      if (upgrade) void flow.resume(upgrade)
      if (!id) return
      // A reload is not another return.
      address.searchParams.delete('softgate_upgrade')
      history.replaceState(history.state, '', address)
    },
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

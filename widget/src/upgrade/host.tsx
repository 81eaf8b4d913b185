import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Presenter } from '@softgate/sdk'
import { announce } from '../announce.ts'
import { client } from '../client.ts'
import { type Body, emit } from '../element.ts'
import { words } from '../messages.ts'
import { once } from '../once.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { upgradeCss } from './css.ts'
import { UpgradeDialog } from './dialog.tsx'
import type { Part } from './face.tsx'
import { manageDialog } from './manage.ts'
import { upgradeEnglish } from './messages.ts'
import type { UpgradeFlow } from './model.ts'
import { safeUrl } from './safe-url.ts'
import { createUpgradeFlow } from './state.ts'
import type { StripeDesk } from './stripe.ts'

export interface DialogHost extends Body {
  present: Presenter
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
  const flow = createUpgradeFlow({ softgate: client, page, stripe, host })
  const parts = signal<Omit<Part, 'css'>>({})
  /** Parts of the dialog load while its user reads; one that did not come is asked for again by the next step. */
  const later = (load: () => Promise<{ part: Part }>) =>
    once(async () => {
      const { css, faces, ...views } = (await load()).part
      if (host.shadowRoot) adopt(host.shadowRoot, css)
      parts.value = { ...parts.peek(), ...views, faces: { ...parts.peek().faces, ...faces } }
    })
  const outcomes = later(() => import('./outcomes.tsx'))
  const people = later(() => import('./people.tsx'))
  const choices = later(() => import('./choices.tsx'))
  const cards = later(() => import('./cards.tsx'))
  const grants = later(() => import('./grants.tsx'))
  const cardFixed = signal(false)
  const toPortal = (): void => {
    flow.changeCard().catch(() => {
      cardFixed.value = true
      announce(words('upgrade', upgradeEnglish).cardFixed)
    })
  }
  /** A dialog that was put away while its payment goes on is followed by a word. */
  const aside = signal(false)
  const stops = [
    manageDialog(host, { ...flow, name: 'upgrade', titled: [flow.before, flow.quote] }),
    effect(() => {
      if (flow.open.value) aside.value = false
      else if (/paying|unknown/.test(flow.step.value)) aside.value = true
    }),
    effect(() => {
      const step = flow.step.value
      if (!flow.open.value) return
      const asks = /ask|sent/.test(step)
      const wanted = [
        outcomes,
        !asks && choices,
        (asks || flow.people.value.length) && people,
        flow.offer.value?.kind === 'switch' && grants,
        (flow.upgrade.value ?? flow.quote.value)?.cards && cards,
      ]
      for (const load of wanted) if (load) load().catch(() => {})
    }),
    // The fields for another card come with Stripe.js.
    effect(() => {
      if (flow.step.value !== 'card') return
      stripe(flow.upgrade.peek()?.publishableKey ?? '').catch(() => {})
      return desk.value?.showCard()
    }),
  ]

  return {
    settle: flow.resume,
    async present(presentation, controls) {
      if (presentation.prompt.way === 'ask') await people()
      const outcome = await flow.present(presentation, controls)
      if (outcome !== 'dismissed') emit(host, `softgate-${outcome}`, { feature: presentation.decision.feature })
      return outcome
    },
    view() {
      const softgate = client.value
      const { Aside } = parts.value
      const hide = (): void => {
        aside.value = false
      }
      return (
        softgate && (
          <>
            {aside.value && Aside?.({ flow, hide })}
            <UpgradeDialog
              flow={flow}
              softgate={softgate}
              now={page.now()}
              parts={parts.value}
              onPortal={cardFixed.value ? null : toPortal}
              card={desk.value?.card.value ?? null}
            />
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

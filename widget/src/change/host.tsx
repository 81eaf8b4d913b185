import { effect, signal } from '@preact/signals-core'
import { announce } from '../announce.ts'
import { client } from '../client.ts'
import { type Body, emit } from '../element.ts'
import { words } from '../messages.ts'
import { once } from '../once.ts'
import { page } from '../page.ts'
import { pickCss } from '../pick.tsx'
import { adopt } from '../sheet.ts'
import type { Part } from '../upgrade/face.tsx'
import type { DialogHost } from '../upgrade/host.tsx'
import { manageDialog } from '../upgrade/manage.ts'
import { upgradeEnglish } from '../upgrade/messages.ts'
import { changeCss } from './css.ts'
import { ChangeDialog } from './dialog.tsx'
import type { ChangeFlow } from './model.ts'
import { createChangeFlow } from './state.ts'

export interface ChangeHost extends Body {
  present: ChangeFlow['present']
}

/** What `<softgate-prompts>` becomes when a change is to be made that is no purchase of more. */
export function createChangeHost(host: HTMLElement, { settle }: Pick<DialogHost, 'settle'>): ChangeHost {
  if (host.shadowRoot) adopt(host.shadowRoot, pickCss + changeCss)
  const flow = createChangeFlow({ softgate: client, page, settle })
  const parts = signal<Omit<Part, 'css'>>({})
  const later = (load: () => Promise<{ part: Part }>) =>
    once(async () => {
      const { css, ...views } = (await load()).part
      if (host.shadowRoot) adopt(host.shadowRoot, css)
      parts.value = { ...parts.peek(), ...views }
    })
  const choices = later(() => import('../upgrade/choices.tsx'))
  const cards = later(() => import('../upgrade/cards.tsx'))
  const cardFixed = signal(false)
  const toPortal = (): void => {
    flow.changeCard().catch(() => {
      cardFixed.value = true
      announce(words('upgrade', upgradeEnglish).cardFixed)
    })
  }
  const stops = [
    manageDialog(host, { ...flow, name: 'change', titled: [flow.offer] }),
    // Without it, there is no place for a code, and all else works.
    effect(() => {
      if (flow.open.value && flow.offer.value?.kind === 'switch') choices().catch(() => {})
    }),
    effect(() => {
      if (flow.open.value && flow.quote.value?.cards) cards().catch(() => {})
    }),
  ]
  return {
    async present(presentation, controls) {
      const outcome = await flow.present(presentation, controls)
      if (outcome === 'upgraded') emit(host, 'softgate-upgraded', { feature: presentation.decision.feature })
      return outcome
    },
    view: () =>
      client.value && (
        <ChangeDialog
          flow={flow}
          softgate={client.value}
          now={page.now()}
          parts={parts.value}
          onPortal={cardFixed.value ? null : toPortal}
        />
      ),
    dispose() {
      for (const stop of stops) stop()
      flow.dispose()
    },
  }
}

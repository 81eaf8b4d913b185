import type { ReadonlySignal } from '@preact/signals-core'
import type { Presenter } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { promptsCss } from './css.ts'
import { hasPlace } from './places.ts'
import { createPrompts } from './state.ts'
import { createPromptsView } from './view.tsx'

export interface NoticesInput {
  host: HTMLElement
  placement: ReadonlySignal<string>
  feature: ReadonlySignal<string>
  present: Presenter
}

/** Never on arrival, never while somebody writes, never over another dialog. */
const mayInterrupt = (): boolean =>
  navigator.userActivation?.hasBeenActive !== false &&
  !document.activeElement?.matches('input,textarea,select,[contenteditable],softgate-prompts') &&
  !document.querySelector(':modal')

/** What `<softgate-prompts>` becomes when a prompt comes by itself. */
export function createNotices({ host, placement, feature, present }: NoticesInput): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, promptsCss)
  const prompts = createPrompts({ softgate: client, placement, feature, page, hasPlace, mayInterrupt })
  const onAct = (): void => {
    const prompt = prompts.act()
    const softgate = client.peek()
    if (!prompt || !softgate) return
    const decision = softgate.check(prompt.feature ?? '')
    const { signal } = new AbortController()
    void present({ decision, prompt, quantity: prompt.offer?.quantity?.default ?? 1 }, { signal })
  }
  return { view: createPromptsView({ prompts, now: page.now, onAct }), dispose: prompts.dispose }
}

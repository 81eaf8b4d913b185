import { signal } from '@preact/signals-core'
import { client } from '../client.ts'
import type { Body, Signals } from '../element.ts'
import { page } from '../page.ts'
import { pickCss } from '../pick.tsx'
import { adopt } from '../sheet.ts'
import { plansCss } from './css.ts'
import { createPlans } from './state.ts'
import { PlansView } from './view.tsx'

/** What `<softgate-plans>` becomes when its part has come. */
export function createPlansHost(host: HTMLElement, props: Signals<{ features: string; interval: string }>): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, pickCss + plansCss)
  const plans = createPlans({ softgate: client, ...props })
  const picked = signal('')
  const onPick = (key: string): void => {
    picked.value = key
  }
  return {
    view: () => {
      const answer = plans.answer.value
      if (!answer) return <slot />
      return <PlansView plans={plans} answer={answer} now={page.now()} picked={picked.value} onPick={onPick} />
    },
    dispose: plans.dispose,
  }
}

import { effect, signal } from '@preact/signals-core'
import { naming } from '../about.ts'
import { client } from '../client.ts'
import { type Body, emit } from '../element.ts'
import { locale } from '../messages.ts'
import { meterCss } from '../meter/css.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { gateCss } from './css.ts'
import type { GateProps } from './element.tsx'
import type { Shapes } from './shapes.tsx'
import { createGate } from './state.ts'
import { GateCard } from './view.tsx'

/** `Priya and Tom`: who is meant, by their first names; empty where that would be a long list. */
const someOf = (names: readonly string[]): string =>
  names.length > 3 ? '' : new Intl.ListFormat(locale()).format(names.map((name) => name.split(' ')[0] ?? name))

const lookMs = 500

/** What `<softgate-gate>` becomes when it is shut. */
export function createLock(host: HTMLElement, props: GateProps): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, meterCss + gateCss)
  const { feature, quantity, shape, label, units, plan, after, done } = props
  const gate = createGate({ softgate: client, feature, quantity })
  const shapes = signal<Shapes | null>(null)
  const stop = effect(() => {
    if (shapes.value || (shape.value === 'card' && !after.value)) return
    // Without it, a gate is a plain card.
    import('./shapes.tsx').then(
      ({ createShapes }) => {
        shapes.value = createShapes(host)
      },
      () => {},
    )
  })
  /** A price is asked for once somebody has looked for a moment. */
  const looks = new IntersectionObserver(([seen]) => {
    cancelLook()
    if (seen?.isIntersecting) cancelLook = page.after(lookMs, askPrice)
  })
  const askPrice = async (): Promise<void> => {
    looks.disconnect()
    // Without it, the list price stands.
    const { priceOf, lastsMs } = await import('../price.ts')
    gate.showPrice(async (softgate, wanted) => {
      const quote = await priceOf(softgate, wanted, page)
      cancelLook()
      // Then it is not what the dialog would charge any more: whoever still looks is shown a new one.
      cancelLook = page.after(lastsMs(quote, page), () => {
        gate.showPrice(null)
        looks.observe(host)
      })
      return quote
    })
  }
  let cancelLook = (): void => {}
  looks.observe(host)
  const onAct = async (): Promise<void> => void emit(host, 'softgate-result', await gate.attempt())
  return {
    dispose() {
      stop()
      cancelLook()
      looks.disconnect()
      gate.dispose()
    },
    view() {
      const { allowed, limit = null, resetsAt = null } = gate.decision.value ?? {}
      const name = naming(feature.value, label.value, units.value, plan.value)
      const drawn = shapes.value
      if (allowed) return drawn?.progress({ name, done: done.value, after: after.value })
      const input = {
        name,
        limit,
        waits: resetsAt !== null,
        quantity: quantity.value,
        buyer: gate.buyer.value,
        asked: gate.asked.value,
        failed: gate.failed.value,
        admins: someOf(gate.admins.value),
        offer: gate.offer.value,
        price: gate.price.value,
        onAct,
      }
      return (drawn?.[shape.value as 'overlay'] ?? GateCard)(input)
    },
  }
}

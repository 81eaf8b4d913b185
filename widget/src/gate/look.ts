import type { Naming } from '../about.ts'
import { money, number } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { lastsMs, priceOf } from '../price.ts'
import { showPrice } from './exact-price.ts'
import { exactEnglish } from './look-messages.ts'
import type { Gate } from './state.ts'

const lookMs = 500

export interface Looks {
  /** What the gate's offer costs, exactly; empty while that is not known. */
  sentence(name: Naming): string
  dispose(): void
}

/**
 * Shows a gate's exact price to who has looked at it for a moment, and a new one once that does not hold any more; without
 * it, the list price stands.
 */
export function createLooks(host: HTMLElement, gate: Gate): Looks {
  let cancel = (): void => {}
  let hide = (): void => {}
  const looks = new IntersectionObserver(([seen]) => {
    cancel()
    if (seen?.isIntersecting) cancel = page.after(lookMs, show)
  })
  const show = (): void => {
    looks.disconnect()
    hide = showPrice(gate, async (softgate, wanted) => {
      const quote = await priceOf(softgate, wanted, page)
      cancel()
      // Then it is not what the dialog would charge any more: whoever still looks is shown a new one.
      cancel = page.after(lastsMs(quote, page), () => {
        hide()
        looks.observe(host)
      })
      return quote
    })
  }
  looks.observe(host)
  return {
    sentence(name) {
      const [quote, offer] = [gate.price.value, gate.offer.value]
      if (!quote || !offer) return ''
      const { dueNow, recurring, quantity } = quote
      const adds = offer.kind === 'add'
      const count = adds ? (gate.decision.value?.limit ?? 0) + (quantity ?? 0) : quantity
      const all =
        count && offer.unit ? `${number(count)} ${adds ? name.units(count) : offer.unit + (count > 1 ? 's' : '')}` : ''
      return words('gate', exactEnglish).exactly(money(dueNow), money(recurring), recurring.interval, all)
    },
    dispose() {
      cancel()
      looks.disconnect()
      hide()
    },
  }
}

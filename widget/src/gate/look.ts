import { page } from '../page.ts'
import { lastsMs, priceOf } from '../price.ts'
import { showPrice } from './exact-price.ts'
import type { Gate } from './state.ts'

const lookMs = 500

/**
 * Shows a gate's exact price to who has looked at it for a moment, and a new one once that does not hold any more; without
 * it, the list price stands. The returned function ends it.
 */
export function showPriceTo(host: HTMLElement, gate: Gate): () => void {
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
  return () => {
    cancel()
    looks.disconnect()
    hide()
  }
}

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { Offer, Quote } from '@softgate/sdk'
import { lastsMs } from './expiry.ts'
import { within } from './quantity.ts'
import { codeOf, type Scene } from './scene.ts'

/** What is bought, and what it costs. */
export interface Pricing {
  /** What is on offer; null where nothing can be bought. */
  readonly offer: ReadonlySignal<Offer | null>
  /** The same by the other interval, where the user has the choice. */
  readonly sibling: ReadonlySignal<Offer | null>
  readonly quantity: ReadonlySignal<number>
  /** `pending`: a price is on its way. `bones`: for so long that the old figures are gone. */
  readonly waiting: ReadonlySignal<'no' | 'pending' | 'bones'>
  /** The price that was shown before this one replaced it, unasked. */
  readonly before: ReadonlySignal<Quote | null>
  /** The promotion code as it is being written; empty for each new subject. */
  readonly code: Signal<string>
  /** The promotion code that the price is asked for with; empty without one. */
  readonly promotion: ReadonlySignal<string>
  /** The code that cannot be redeemed for this, after it was tried. */
  readonly refusedCode: ReadonlySignal<string>
  /** The saved card that is to pay; empty for the present one. */
  readonly card: ReadonlySignal<string>
  /** Another of the quote's cards is to pay: the price is asked for with it, or the declined one is left. */
  chooseCard(id: string): void
  setQuantity(quantity: number): void
  /** Asks for the price by the other interval. */
  switchInterval(): void
  /** Asks for the price with a promotion code; without any again for an empty one. */
  redeem(code: string): void
}

interface OwnPricing extends Pricing {
  begin(offer: Offer | null): void
  /** Asks for the price; `old` is the one that the user has seen and that does not hold any more. */
  ask(old?: Quote | null, afterMs?: number): void
}

/** How long old figures stay while new ones come, and a burst of clicks is one question. */
const calmMs = 150

/** @param unpriced no price came, for this reason; whoever is told asks again, or says where it stands */
export function createPricing(scene: Scene, unpriced: (code: string, mine: () => boolean) => void): OwnPricing {
  const { page, turns, step, quote, softgate, client } = scene
  const offer = signal<Offer | null>(null)
  const quantity = signal(1)
  const waiting = signal<'no' | 'pending' | 'bones'>('no')
  const before = signal<Quote | null>(null)
  const code = signal('')
  const promotion = signal('')
  const refusedCode = signal('')
  const card = signal('')
  const sibling = computed(() => {
    const now = offer.value
    return (
      (now?.kind === 'switch' &&
        softgate.value?.state.value?.offers.find(
          ({ kind, title, interval }) => kind === 'switch' && title === now.title && interval !== now.interval,
        )) ||
      null
    )
  })

  const fetchQuote = async (mine: () => boolean): Promise<void> => {
    const asked = offer.peek()
    if (!asked) return
    const promotionCode = promotion.peek()
    try {
      const next = await client().quote(asked.id, {
        ...(asked.quantity && { quantity: quantity.peek() }),
        ...(promotionCode && { promotionCode }),
        ...(card.peek() && { card: card.peek() }),
      })
      if (!mine()) return
      quote.value = next
      waiting.value = 'no'
      turns.later(lastsMs(next, page), () => ask(next))
    } catch (error) {
      if (!mine()) return
      waiting.value = 'no'
      const reason = codeOf(error)
      if (reason === 'promotion_invalid') {
        refusedCode.value = promotionCode
        promotion.value = ''
        ask()
      } else unpriced(reason, mine)
    }
  }
  const ask = (old: Quote | null = null, afterMs = 0): void => {
    const mine = turns.next()
    step.value = 'quote'
    before.value = old
    waiting.value = quote.peek() && !old ? 'pending' : 'bones'
    turns.later(calmMs, () => {
      if (waiting.peek() !== 'no') waiting.value = 'bones'
    })
    if (afterMs) turns.later(afterMs, () => void fetchQuote(mine))
    else void fetchQuote(mine)
  }

  return {
    offer,
    sibling,
    quantity,
    waiting,
    before,
    code,
    promotion,
    refusedCode,
    card,
    ask,
    begin(next) {
      offer.value = next
      quantity.value = next?.quantity?.default ?? 1
      before.value = null
      code.value = promotion.value = refusedCode.value = card.value = ''
      waiting.value = 'no'
    },
    setQuantity(asked) {
      const range = offer.peek()?.quantity
      if (!range || step.peek() !== 'quote') return
      const next = within(range, asked)
      if (next === quantity.peek()) return
      quantity.value = next
      ask(null, calmMs)
    },
    switchInterval() {
      const other = sibling.peek()
      if (!other || step.peek() !== 'quote') return
      // What is bought is traced to what was shown, whichever interval it is.
      const [, delivery] = offer.peek()?.id.split('.') ?? []
      offer.value = delivery ? { ...other, id: `${other.id}.${delivery}` } : other
      ask(null, calmMs)
    },
    chooseCard(id) {
      card.value = id
      if (step.peek() === 'quote') ask()
    },
    redeem(tried) {
      if (step.peek() !== 'quote') return
      promotion.value = tried.trim()
      refusedCode.value = ''
      ask()
    },
  }
}

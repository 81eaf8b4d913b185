import { effect } from '@preact/signals-core'
import type { Quote, Upgrade } from '@softgate/sdk'
import { placeCheckout } from './checkout.ts'
import { safeUrl } from './safe-url.ts'
import { codeOf, type Scene } from './scene.ts'
import type { LoadStripe, StripeJs } from './stripe-js.ts'

/** After so long without an answer from the bank, the user hears that it takes longer. */
const patienceMs = 10_000

/** The payment, from the click to where it is known what became of it. */
export interface Payment {
  /** Buys what was quoted; the step is `paying`. */
  buy(quote: Quote): Promise<void>
  /** Goes on with an open upgrade. */
  goOn(known: Upgrade): void
  /** No price came: goes on with what else there is, unless it is not asked for any more. */
  unpriced(code: string, mine: () => boolean): void
  /** Shows the bank's page, or Checkout in the page. */
  authenticate(): Promise<void>
  changeCard(): Promise<void>
  enterCard(): void
  payWith(card: unknown, keep?: boolean): Promise<void>
}

export interface PaymentInput {
  stripe: LoadStripe
  host: HTMLElement | undefined
  /** Whether a payment is under way, or may be. */
  inFlight(): boolean
  pricing: {
    /** Asks for the price; `old` is the one that does not hold any more. */
    ask(old: Quote | null): void
    chooseCard(id: string): void
  }
  close(): void
}

export function createPayment(scene: Scene, { stripe, host, inFlight, pricing, close }: PaymentInput): Payment {
  const { page, turns, open, step, quote, upgrade, client, tell, finish } = scene

  /** Takes in where the upgrade stands; the server alone says. `fresh` is the answer to the user's own click. */
  const take = (next: Upgrade, fresh = false): void => {
    const was = step.peek()
    upgrade.value = next
    if (next.status === 'applied') {
      turns.next()
      step.value = 'done'
      finish('upgraded')
    } else if (next.status === 'requires_action') {
      if (was !== 'bank') void authenticate()
    } else if (next.status === 'payment_failed') {
      // While another card is entered here, or on the invoice's own page, it stays what it was.
      if (was === 'card') return
      turns.next()
      step.value = 'declined'
      open.value = true
    } else if (next.status === 'checkout') {
      const url = safeUrl(next.url)
      if (was === 'checkout') return
      if (fresh && next.clientSecret) return void checkOut()
      // Who comes back from Checkout is not sent there again.
      step.value = fresh ? 'leaving' : 'unfinished'
      if (fresh && url) page.leave(url)
    } else if (next.status === 'processing') {
      if (was !== 'unknown') step.value = 'paying'
    } else if (quote.peek()) pricing.ask(quote.peek())
    else close()
  }

  const failed = (error: unknown): void => {
    const code = codeOf(error)
    if (code === 'unreachable' || code === 'overloaded') step.value = 'unknown'
    else if (/^quote_/.test(code)) pricing.ask(quote.peek())
    else if (code === 'upgrade_open') goOnWithOpen()
    else if (code === 'card_unknown') {
      // It has vanished since it was listed: which ones are left is asked.
      pricing.chooseCard('')
      step.value = 'declined'
      follow(turns.next(), 0)
    } else {
      turns.next()
      step.value = code === 'card_missing' ? 'cardless' : 'refused'
    }
  }

  /** Asks what became of it, ever less often, until it is known. */
  const follow = (mine: () => boolean, delayMs = 1_000): void =>
    turns.later(delayMs, async () => {
      try {
        const { id } = upgrade.peek() ?? {}
        const next = id
          ? await client().send('GET /v1/upgrades/{id}', undefined, { id })
          : await client().upgrade(quote.peek()?.id ?? '')
        if (mine()) take(next)
      } catch (error) {
        // Where its user is at a card or at Checkout, what is not heard of is asked for again.
        if (mine() && inFlight()) failed(error)
      }
      if (mine() && (inFlight() || ['card', 'checkout'].includes(step.peek())))
        follow(mine, Math.min(delayMs * 1.5, 15_000))
    })

  const watch = (firstMs = 1_000): void => {
    const mine = turns.next()
    turns.later(patienceMs, () => {
      if (step.peek() === 'paying') step.value = 'unknown'
    })
    follow(mine, firstMs)
  }

  /** Hands an open payment to Stripe.js; what comes of it, the server is asked, and again while it does not know yet. */
  const withStripe = async (run: (js: StripeJs, secret: string) => Promise<unknown>): Promise<void> => {
    const { clientSecret, publishableKey } = upgrade.peek() ?? {}
    try {
      if (clientSecret && publishableKey) await run(await stripe(publishableKey), clientSecret)
    } catch {
      // Without Stripe.js the payment's own page is the way, and the dialog offers it.
    }
    if (step.peek() === 'bank') watch(0)
  }
  /** Checkout in the page. It is looked at now and then: it may be paid in another tab, or run out. */
  const checkOut = async (): Promise<void> => {
    step.value = 'checkout'
    open.value = true
    const mine = turns.next()
    follow(mine, 3_000)
    const { clientSecret = '', publishableKey = '' } = upgrade.peek() ?? {}
    try {
      const js = await stripe(publishableKey)
      if (!mine()) return
      const remove = host && (await placeCheckout(host, js, { clientSecret, onComplete: paid }))
      const stop = effect(() => {
        if (step.value === 'checkout' && open.value) return
        remove?.()
        queueMicrotask(() => stop())
      })
    } catch {
      if (mine()) step.value = 'unfinished'
    }
  }
  const paid = (): void => {
    step.value = 'paying'
    watch(0)
  }
  const authenticate = async (): Promise<void> => {
    if (upgrade.peek()?.status === 'checkout') return checkOut()
    step.value = 'bank'
    open.value = true
    watch()
    await withStripe((js, clientSecret) => js.handleNextAction({ clientSecret }))
  }
  const goOn = (known: Upgrade): void => {
    open.value = true
    step.value = 'paying'
    watch()
    take(known)
    // What else can pay it is not in the state.
    if (step.peek() === 'declined') follow(turns.next(), 0)
  }
  const goOnWithOpen = (): void => {
    const known = client().state.peek()?.upgrade
    if (known) goOn(known)
    else step.value = 'refused'
  }

  return {
    goOn,
    unpriced(code, mine) {
      if (!mine()) return
      if (code === 'upgrade_open') goOnWithOpen()
      else if (code === 'card_unknown') pricing.chooseCard('')
      else step.value = code === 'unreachable' || code === 'rate_limited' ? 'offline' : 'refused'
    },
    authenticate,
    async buy(bought) {
      upgrade.value = null
      const mine = turns.next()
      turns.later(patienceMs, () => {
        step.value = 'unknown'
      })
      tell('clicked')
      try {
        const next = await client().upgrade(bought.id)
        if (mine()) take(next, true)
      } catch (error) {
        if (mine()) failed(error)
      }
      if (mine() && inFlight()) follow(mine)
    },
    async changeCard() {
      const { url } = await client().send('POST /v1/portal', { page: 'payment_method' })
      const safe = safeUrl(url)
      if (safe) page.leave(safe)
    },
    enterCard() {
      step.value = 'card'
      follow(turns.next(), 3_000)
    },
    async payWith(card, keep = false) {
      const { id } = upgrade.peek() ?? {}
      if (!id || !['card', 'declined'].includes(step.peek())) return
      // It is another one than was quoted.
      const quoted = quote.peek()
      const saved = upgrade.peek()?.cards?.find((one) => one.id === card)
      if (quoted) quote.value = { ...quoted, paymentMethod: saved ?? null }
      // The bank may ask about this card as well.
      step.value = saved ? 'paying' : 'bank'
      const mine = turns.next()
      try {
        const body = { keep, ...(saved && { card: saved.id }) }
        const next = await client().send('POST /v1/upgrades/{id}/card', body, { id })
        if (!mine()) return
        if (saved || next.status !== 'payment_failed') {
          watch()
          return take(next)
        }
        const future = keep ? { setup_future_usage: 'off_session' as const } : {}
        await withStripe((js, secret) => js.confirmCardPayment(secret, { payment_method: card, ...future }))
      } catch (error) {
        if (!mine()) return
        failed(error)
        if (inFlight()) follow(mine)
      }
    },
  }
}

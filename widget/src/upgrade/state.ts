import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import {
  type Presentation,
  type PromptControls,
  type Quote,
  type Softgate,
  SoftgateError,
  type Upgrade,
} from '@softgate/sdk'
import type { Page } from '../page.ts'
import type { Step, UpgradeFlow, UpgradeOutcome } from './model.ts'
import { safeUrl } from './safe-url.ts'
import type { LoadStripe } from './stripe-js.ts'

export interface UpgradeFlowInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
  stripe: LoadStripe
}

/** How long old figures stay while new ones come, and a burst of clicks is one question. */
const calmMs = 150
/** After so long without an answer from the bank, the user hears that it takes longer. */
const patienceMs = 10_000
const weekSeconds = 604_800

const codeOf = (error: unknown): string => (error instanceof SoftgateError ? error.code : 'internal')

export function createUpgradeFlow({ softgate, page, stripe }: UpgradeFlowInput): UpgradeFlow {
  const subject = signal<Presentation | null>(null)
  const open = signal(false)
  const step = signal<Step>('quote')
  const quantity = signal(1)
  const quote = signal<Quote | null>(null)
  const waiting = signal<'no' | 'pending' | 'bones'>('no')
  const before = signal<Quote | null>(null)
  const upgrade = signal<Upgrade | null>(null)
  /** Each question for a price or an outcome outdates the ones before. */
  let turn = 0
  let cancelTimers = (): void => {}
  let resolve: ((outcome: UpgradeOutcome) => void) | null = null

  const client = (): Softgate => {
    const known = softgate.peek()
    if (!known) throw new Error('connect(softgate) comes first')
    return known
  }
  const finish = (outcome: UpgradeOutcome): void => {
    resolve?.(outcome)
    resolve = null
  }
  const tell = (outcome: 'shown' | 'clicked' | 'dismissed'): void => {
    const { delivery } = subject.peek()?.prompt ?? {}
    const rest = outcome === 'dismissed' ? { forSeconds: weekSeconds } : {}
    // A report that is lost must not stand in the way of a purchase.
    if (delivery)
      client()
        .send('POST /v1/prompts/{delivery}/outcome', { outcome, ...rest }, { id: delivery })
        .catch(() => {})
  }
  const later = (ms: number, fn: () => void): void => {
    const [cancel, others] = [page.after(ms, fn), cancelTimers]
    cancelTimers = () => {
      cancel()
      others()
    }
  }
  const newTurn = (): number => {
    cancelTimers()
    cancelTimers = () => {}
    return ++turn
  }

  const fetchQuote = async (mine: number): Promise<void> => {
    const { offer } = subject.peek()?.prompt ?? {}
    if (!offer) return
    try {
      const next = await client().quote(offer.id, offer.quantity ? { quantity: quantity.peek() } : {})
      if (mine !== turn) return
      quote.value = next
      waiting.value = 'no'
      // The clock of this machine may be off: a wrong guess is caught by the server, and must not become a loop.
      const lasts = Date.parse(next.expiresAt) - page.now()
      later(Math.min(Math.max(lasts, 5 * 60_000), 86_400_000), () => askPrice(next))
    } catch (error) {
      if (mine !== turn) return
      waiting.value = 'no'
      const code = codeOf(error)
      if (code === 'upgrade_open') goOn()
      else step.value = code === 'unreachable' || code === 'rate_limited' ? 'offline' : 'refused'
    }
  }

  /** Asks for the price; `old` is the one that the user has seen and that does not hold any more. */
  const askPrice = (old: Quote | null = null, afterMs = 0): void => {
    const mine = newTurn()
    step.value = 'quote'
    before.value = old
    waiting.value = quote.peek() && !old ? 'pending' : 'bones'
    later(calmMs, () => {
      if (waiting.peek() !== 'no') waiting.value = 'bones'
    })
    if (afterMs) later(afterMs, () => void fetchQuote(mine))
    else void fetchQuote(mine)
  }

  const goOn = (): void => {
    const known = client().state.peek()?.upgrade
    if (known) resume(known)
    else step.value = 'refused'
  }

  /** Takes in where the upgrade stands; the server alone says. */
  const take = (next: Upgrade): void => {
    const was = step.peek()
    upgrade.value = next
    if (next.status === 'applied') {
      newTurn()
      step.value = 'done'
      finish('upgraded')
    } else if (next.status === 'requires_action') {
      if (was !== 'bank') void authenticate()
    } else if (next.status === 'payment_failed') {
      // While another card is entered here, or on the invoice's own page, it stays what it was.
      if (was === 'card') return
      newTurn()
      step.value = 'declined'
      open.value = true
    } else if (next.status === 'checkout') {
      step.value = 'leaving'
      const url = safeUrl(next.url)
      if (url) page.leave(url)
    } else if (next.status === 'processing') {
      if (was !== 'unknown') step.value = 'paying'
    } else if (quote.peek()) askPrice(quote.peek())
    else close()
  }

  const inFlight = (): boolean => ['paying', 'bank', 'unknown'].includes(step.peek())

  /** Asks what became of it, ever less often, until it is known. */
  const follow = (mine: number, delayMs = 1_000): void =>
    later(delayMs, async () => {
      try {
        const { id } = upgrade.peek() ?? {}
        const next = id
          ? await client().send('GET /v1/upgrades/{id}', undefined, { id })
          : await client().upgrade(quote.peek()?.id ?? '')
        if (mine === turn) take(next)
      } catch (error) {
        if (mine === turn) failed(error)
      }
      if (mine === turn && (inFlight() || step.peek() === 'card')) follow(mine, Math.min(delayMs * 1.5, 15_000))
    })

  const watch = (firstMs = 1_000): void => {
    const mine = newTurn()
    later(patienceMs, () => {
      if (step.peek() === 'paying') step.value = 'unknown'
    })
    follow(mine, firstMs)
  }

  const failed = (error: unknown): void => {
    const code = codeOf(error)
    if (code === 'unreachable' || code === 'overloaded') step.value = 'unknown'
    else if (/^quote_/.test(code)) askPrice(quote.peek())
    else if (code === 'upgrade_open') goOn()
    else {
      newTurn()
      step.value = 'refused'
    }
  }

  const confirm = async (): Promise<void> => {
    const bought = quote.peek()
    if (step.peek() !== 'quote' || waiting.peek() !== 'no' || !bought) return
    step.value = 'paying'
    upgrade.value = null
    const mine = newTurn()
    later(patienceMs, () => {
      step.value = 'unknown'
    })
    tell('clicked')
    try {
      const next = await client().upgrade(bought.id)
      if (mine === turn) take(next)
    } catch (error) {
      if (mine === turn) failed(error)
    }
    if (mine === turn && inFlight()) follow(mine)
  }

  /** Hands an open payment to Stripe.js; what comes of it, the server is asked, and again while it does not know yet. */
  const withStripe = async (
    run: (js: Awaited<ReturnType<LoadStripe>>, secret: string) => Promise<unknown>,
  ): Promise<void> => {
    const { clientSecret, publishableKey } = upgrade.peek() ?? {}
    try {
      if (clientSecret && publishableKey) await run(await stripe(publishableKey), clientSecret)
    } catch {
      // Without Stripe.js the payment's own page is the way, and the dialog offers it.
    }
  }
  const authenticate = async (): Promise<void> => {
    step.value = 'bank'
    open.value = true
    watch()
    await withStripe((js, clientSecret) => js.handleNextAction({ clientSecret }))
    if (step.peek() === 'bank') watch(0)
  }

  const resume = (known: Upgrade): void => {
    open.value = true
    step.value = 'paying'
    watch()
    take(known)
  }

  const close = (): void => {
    open.value = false
    if (inFlight()) return
    newTurn()
    finish('dismissed')
  }

  // A page that comes back online asks again by itself; one that hears of a change looks at once.
  const stop = effect(() => {
    const sg = softgate.value
    if (sg?.connection.value === 'live' && open.peek() && step.peek() === 'offline') askPrice()
  })

  return {
    subject,
    open,
    step,
    quantity,
    quote,
    waiting,
    before,
    upgrade,
    present: (shown: Presentation, controls?: PromptControls) => {
      if (inFlight()) {
        // One purchase at a time: the open one comes back, and ends both questions.
        open.value = true
        return Promise.resolve('dismissed')
      }
      finish('dismissed')
      newTurn()
      const { prompt } = shown
      subject.value = shown
      quote.value = before.value = upgrade.value = null
      quantity.value = prompt.offer?.quantity?.default ?? 1
      open.value = true
      tell('shown')
      if (prompt.way === 'buy') askPrice()
      else step.value = prompt.way === 'ask' ? 'ask' : 'settle'
      return new Promise((settled) => {
        resolve = settled
        // It was allowed meanwhile. What the user is paying for, or reads as done, stays.
        controls?.signal.addEventListener('abort', () => {
          const question = ['quote', 'offline', 'refused', 'ask', 'settle'].includes(step.peek())
          if (subject.peek() === shown && resolve && question) close()
        })
      })
    },
    resume(known) {
      finish('dismissed')
      subject.value = quote.value = before.value = null
      return new Promise((settled) => {
        resolve = settled
        resume(known)
      })
    },
    setQuantity(asked) {
      const range = subject.peek()?.prompt.offer?.quantity
      if (!range || step.peek() !== 'quote') return
      const next = Math.min(range.max, Math.max(range.min, Math.round(asked) || range.min))
      if (next === quantity.peek()) return
      quantity.value = next
      askPrice(null, calmMs)
    },
    confirm,
    retry() {
      if (subject.peek()?.prompt.way === 'ask') step.value = 'ask'
      else askPrice()
    },
    authenticate,
    enterCard() {
      step.value = 'card'
      follow(newTurn(), 3_000)
    },
    async payWith(card) {
      if (step.peek() !== 'card') return
      // The bank may ask about this card as well.
      step.value = 'bank'
      newTurn()
      await withStripe((js, secret) => js.confirmCardPayment(secret, { payment_method: card }))
      if (step.peek() === 'bank') watch(0)
    },
    cancel() {
      const { id } = upgrade.peek() ?? {}
      // Its invoice is voided, so that nothing can be charged later and the account is free for another purchase.
      if (id && ['bank', 'declined', 'card'].includes(step.peek())) {
        newTurn()
        step.value = 'quote'
        client()
          .send('DELETE /v1/upgrades/{id}', undefined, { id })
          .catch(() => {})
      } else if (['quote', 'ask', 'settle'].includes(step.peek())) tell('dismissed')
      close()
    },
    close,
    async send(note) {
      const { decision, quantity: asked } = subject.peek() ?? {}
      if (step.peek() !== 'ask' || !decision || waiting.peek() !== 'no') return
      waiting.value = 'pending'
      tell('clicked')
      try {
        await client().request(decision.feature, { quantity: asked ?? 1, ...(note && { note }) })
        step.value = 'sent'
        finish('requested')
      } catch {
        step.value = 'offline'
      }
      waiting.value = 'no'
    },
    dispose() {
      stop()
      newTurn()
      finish('dismissed')
    },
  }
}

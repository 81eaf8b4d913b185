import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import { type Offer, type PlansAnswer, type Quote, type Softgate, SoftgateError, type Upgrade } from '@softgate/sdk'
import type { Page } from '../page.ts'
import { lastsMs } from '../upgrade/expiry.ts'
import type { UpgradeOutcome } from '../upgrade/model.ts'
import { within } from '../upgrade/quantity.ts'
import type { ChangeFlow, ChangeStep } from './model.ts'

export interface ChangeFlowInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
  /** Takes over an upgrade whose payment is not through: the bank asks, the card was declined, or nobody knows yet. */
  settle(upgrade: Upgrade): Promise<UpgradeOutcome>
}

/** A burst of clicks is one question. */
const calmMs = 150
const weekSeconds = 604_800

const away = new Set(['unreachable', 'rate_limited', 'overloaded', 'internal', 'billing_unavailable'])

/** A change without its looks: one quote at a time, and one confirmation of what is shown. */
export function createChangeFlow({ softgate, page, settle }: ChangeFlowInput): ChangeFlow {
  const open = signal(false)
  const step = signal<ChangeStep>('quote')
  const offer = signal<Offer | null>(null)
  const heading = signal('')
  const quantity = signal(1)
  const quote = signal<Quote | null>(null)
  const pending = signal(false)
  const refusal = signal<string | null>(null)
  const needsCard = signal(false)
  const changed = signal(false)
  const code = signal('')
  const promotion = signal('')
  const refusedCode = signal('')
  const card = signal('')
  const plans = signal<PlansAnswer | null>(null)
  const upgrade = signal<Upgrade | null>(null)
  let delivery = ''
  let turn = 0
  let cancelTimer = (): void => {}
  let resolve = (_: UpgradeOutcome): void => {}

  const client = (): Softgate => {
    const known = softgate.peek()
    if (!known) throw new Error('connect(softgate) comes first')
    return known
  }
  const tell = (outcome: 'shown' | 'clicked' | 'dismissed'): void => {
    const rest = outcome === 'dismissed' ? { forSeconds: weekSeconds } : {}
    // A report that is lost must not stand in the way of a change.
    if (delivery)
      client()
        .send('POST /v1/prompts/{delivery}/outcome', { outcome, ...rest }, { id: delivery })
        .catch(() => {})
  }
  const newTurn = (): number => {
    cancelTimer()
    return ++turn
  }

  const fetchQuote = async (mine: number): Promise<void> => {
    const asked = offer.peek()
    if (!asked) return
    const promotionCode = promotion.peek()
    try {
      const next = await client().quote(asked.id, {
        ...(asked.kind === 'remove' && { quantity: quantity.peek() }),
        ...(promotionCode && { promotionCode }),
        ...(card.peek() && { card: card.peek() }),
      })
      if (mine !== turn) return
      quote.value = next
      cancelTimer = page.after(lastsMs(next, page), askQuote)
    } catch (error) {
      if (mine !== turn) return
      if (promotionCode && error instanceof SoftgateError && error.code === 'promotion_invalid') {
        refusedCode.value = promotionCode
        promotion.value = ''
        return askQuote()
      }
      if (error instanceof SoftgateError && error.code === 'card_unknown') {
        card.value = ''
        return askQuote()
      }
      // What was shown was for another question.
      quote.value = null
      failed(error)
    }
    if (mine === turn) pending.value = false
  }
  const askQuote = (afterMs = 0): void => {
    const mine = newTurn()
    step.value = 'quote'
    refusal.value = null
    needsCard.value = false
    pending.value = true
    if (afterMs) cancelTimer = page.after(afterMs, () => void fetchQuote(mine))
    else void fetchQuote(mine)
  }

  const failed = (error: unknown): void => {
    const { code, problem } = error instanceof SoftgateError ? error : { code: 'internal', problem: null }
    const openUpgrade = client().state.peek()?.upgrade
    if (away.has(code)) step.value = 'offline'
    else if (code === 'upgrade_open' && openUpgrade) handOver(openUpgrade)
    else if (/^quote_/.test(code)) {
      changed.value = true
      askQuote()
    } else {
      step.value = 'quote'
      quote.value = null
      refusal.value = problem?.detail ?? ''
      needsCard.value = code === 'card_missing'
    }
  }
  const handOver = (next: Upgrade): void => {
    open.value = false
    step.value = 'quote'
    newTurn()
    void settle(next).then(resolve)
  }

  const confirm = async (): Promise<void> => {
    const agreed = quote.peek()
    if (!agreed || pending.peek() || step.peek() === 'saving') return
    const mine = newTurn()
    step.value = 'saving'
    changed.value = false
    tell('clicked')
    try {
      const next = await client().upgrade(agreed.id)
      if (mine !== turn) return
      upgrade.value = next
      if (next.status !== 'applied') return handOver(next)
      step.value = 'done'
      resolve('upgraded')
    } catch (error) {
      if (mine !== turn) return
      open.value = true
      failed(error)
    }
  }
  const choose = (next: Offer): void => {
    if (next.kind !== offer.peek()?.kind) heading.value = code.value = promotion.value = card.value = ''
    refusedCode.value = ''
    offer.value = next
    quantity.value = next.quantity?.default ?? 1
    quote.value = upgrade.value = null
    changed.value = false
    askQuote()
  }
  const close = (): void => {
    if (step.peek() === 'quote' && open.peek()) tell('dismissed')
    open.value = false
    // What was sent goes on, and is heard of again only if it fails.
    if (step.peek() === 'saving') return
    newTurn()
    resolve('dismissed')
  }
  const retry = (): void => {
    if (quote.peek()) {
      step.value = 'quote'
      void confirm()
    } else askQuote()
  }
  const stop = effect(() => {
    if (softgate.value?.connection.value === 'live' && open.peek() && step.peek() === 'offline') retry()
  })

  return {
    open,
    step,
    offer,
    heading,
    quantity,
    quote,
    pending,
    refusal,
    needsCard,
    changed,
    code,
    promotion,
    refusedCode,
    card,
    plans,
    upgrade,
    present({ prompt }, { signal: gone }) {
      if (step.peek() === 'saving' || !prompt.offer) {
        // One change at a time: the one under way comes back.
        open.value = true
        return Promise.resolve('dismissed')
      }
      resolve('dismissed')
      delivery = prompt.delivery
      open.value = true
      plans.value = null
      code.value = promotion.value = card.value = ''
      const mine = client()
      mine.send('GET /v1/plans').then(
        (answer) => {
          if (mine === softgate.peek()) plans.value = answer
        },
        () => {},
      )
      tell('shown')
      choose(prompt.offer)
      heading.value = prompt.copy.title
      return new Promise((settled) => {
        resolve = settled
        gone.addEventListener('abort', () => {
          // It was allowed meanwhile. What is under way, or reads as done, stays.
          if (resolve === settled && /quote|offline/.test(step.peek())) close()
        })
      })
    },
    choose,
    redeem(tried) {
      if (step.peek() !== 'quote') return
      promotion.value = tried.trim()
      refusedCode.value = ''
      askQuote()
    },
    chooseCard(id) {
      card.value = id
      if (step.peek() === 'quote') askQuote()
    },
    async changeCard() {
      const { url } = await client().send('POST /v1/portal', { page: 'payment_method' })
      page.leave(url)
    },
    setQuantity(asked) {
      const range = offer.peek()?.quantity
      if (!range || step.peek() !== 'quote') return
      const next = within(range, asked)
      if (next === quantity.peek()) return
      quantity.value = next
      askQuote(calmMs)
    },
    confirm,
    retry,
    close,
    dispose() {
      stop()
      newTurn()
      resolve('dismissed')
    },
  }
}

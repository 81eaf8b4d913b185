import { effect, type ReadonlySignal, signal } from '@preact/signals-core'
import type { AccessRequest, Softgate } from '@softgate/sdk'
import { once } from '../once.ts'
import type { Page } from '../page.ts'
import type { Requested } from './asking.ts'
import type { UpgradeFlow } from './model.ts'
import { createPricing } from './pricing.ts'
import { createScene } from './scene.ts'
import type { LoadStripe } from './stripe-js.ts'

export interface UpgradeFlowInput {
  softgate: ReadonlySignal<Softgate | null>
  page: Page
  stripe: LoadStripe
  /** The element whose slot `checkout` shows Checkout; without it, whoever shows that step places it. */
  host?: HTMLElement
}

const ways = { buy: 'quote', ask: 'ask', pay: 'settle', none: 'nothing' } as const

/** The upgrade dialog without its looks: pricing, payment and asking, of which one is on at a time. */
export function createUpgradeFlow({ softgate, page, stripe, host }: UpgradeFlowInput): UpgradeFlow {
  const scene = createScene(softgate, page)
  const { turns, subject, open, step, quote, upgrade, tell, finish, begin, client } = scene
  const requested: Requested = {
    request: signal<AccessRequest | null>(null),
    people: signal<readonly AccessRequest[]>([]),
    sending: signal(false),
    note: signal(''),
  }
  const close = (): void => {
    open.value = false
    if (inFlight()) return
    turns.next()
    finish('dismissed')
  }
  const inFlight = (): boolean => /paying|bank|unknown/.test(step.peek())
  /** A verb of what loads while the user reads; without it nothing was sent, and nothing is charged. */
  const verb =
    <T>(load: () => Promise<T>) =>
    <Input extends unknown[]>(pick: (part: T) => (...input: Input) => void | Promise<void>) =>
    (...input: Input): Promise<void> =>
      load().then(
        (part) => pick(part)(...input),
        () => {
          step.value = 'offline'
        },
      )
  const loadPayment = once(async () => {
    const { createPayment } = await import('./payment.ts')
    return createPayment(scene, { stripe, host, inFlight, pricing, close })
  })
  let stopAsking = (): void => {}
  const loadAsking = once(async () => {
    const { createAsking } = await import('./asking.ts')
    const asking = createAsking(scene, requested)
    stopAsking = asking.dispose
    return asking
  })
  const paying = verb(loadPayment)
  const asking = verb(loadAsking)
  const buy = paying((payment) => payment.buy)
  const goOn = paying((payment) => payment.goOn)
  const pricing = createPricing(
    scene,
    paying((payment) => payment.unpriced),
  )

  const start = (): void => {
    const { way } = subject.peek()?.prompt ?? { way: 'buy' }
    if (way === 'buy') pricing.ask()
    else step.value = ways[way]
  }
  const stops = [
    // A page that comes back online asks again by itself.
    effect(() => {
      const sg = softgate.value
      if (sg?.connection.value === 'live' && open.peek() && step.peek() === 'offline') start()
    }),
    effect(() => {
      if (open.value && (step.value === 'ask' || softgate.value?.state.value?.requests.open))
        loadAsking().catch(() => {})
    }),
  ]

  return {
    ...pricing,
    ...requested,
    subject,
    open,
    step,
    quote,
    upgrade,
    present(shown, controls) {
      if (inFlight()) {
        // One purchase at a time: the open one comes back, and ends both questions.
        open.value = true
        return Promise.resolve('dismissed')
      }
      turns.next()
      const outcome = begin()
      subject.value = shown
      requested.note.value = ''
      quote.value = upgrade.value = null
      pricing.begin(shown.prompt.offer)
      open.value = true
      tell('shown')
      loadPayment().catch(() => {})
      start()
      // It was allowed meanwhile. What the user is paying for, or reads as done, stays.
      controls?.signal.addEventListener('abort', () => {
        const question = /quote|offline|refused|ask|settle|nothing/.test(step.peek())
        if (subject.peek() === shown && question) close()
      })
      return outcome
    },
    resume(known) {
      const outcome = begin()
      subject.value = quote.value = null
      pricing.begin(null)
      void goOn(known)
      return outcome
    },
    async confirm() {
      const bought = quote.peek()
      if (!bought || step.peek() !== 'quote' || pricing.waiting.peek() !== 'no') return
      step.value = 'paying'
      await buy(bought)
    },
    retry: start,
    authenticate: paying((payment) => payment.authenticate),
    enterCard: paying((payment) => payment.enterCard),
    payWith: paying((payment) => payment.payWith),
    changeCard: paying((payment) => payment.changeCard),
    send: asking((part) => part.send),
    takeBack: asking((part) => part.takeBack),
    cancel() {
      const { id } = upgrade.peek() ?? {}
      // Its invoice is voided, so that nothing can be charged later and the account is free for another purchase.
      if (id && /bank|declined|card|checkout|unfinished/.test(step.peek())) {
        turns.next()
        step.value = 'quote'
        client()
          .send('DELETE /v1/upgrades/{id}', undefined, { id })
          .catch(() => {})
      } else if (/quote|ask|settle|nothing/.test(step.peek())) tell('dismissed')
      close()
    },
    close,
    dispose() {
      for (const stop of stops) stop()
      stopAsking()
      turns.next()
      finish('dismissed')
    },
  }
}

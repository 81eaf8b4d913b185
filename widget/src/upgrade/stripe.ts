import { type ReadonlySignal, signal } from '@preact/signals-core'
import type { StripeCard, StripeJs } from './stripe-js.ts'

/** Stripe.js at work in a page: the bank's window and the fields for a card. */
export interface StripeDesk {
  /** Stripe for an account; loads Stripe.js the first time. */
  open(publishableKey: string): Promise<StripeJs>
  /** The fields for a card, once they are there. */
  card: ReadonlySignal<StripeCard | null>
  /** Puts the fields into the page; the returned function takes them out of sight. */
  showCard(): () => void
}

declare global {
  interface Window {
    Stripe?: (publishableKey: string) => StripeJs
  }
}

/** @param url where Stripe.js is, as a link may have it */
export function createStripeDesk(host: HTMLElement, url: string): StripeDesk {
  const card = signal<StripeCard | null>(null)
  let js: StripeJs | null = null
  let loading: Promise<void> | null = null
  // Stripe.js does not work inside a shadow: its fields stand in the page itself, and a slot shows them.
  const place = document.createElement('div')
  place.slot = 'card'

  const load = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.src = url
      script.onload = () => resolve()
      script.onerror = () => reject(new Error(`${url} did not load`))
      document.head.append(script)
    })

  const mount = (): void => {
    if (card.peek() || !place.isConnected || !js?.elements) return
    const fields = js.elements().create('card')
    fields.mount(place)
    card.value = fields
  }

  return {
    card,
    async open(publishableKey) {
      if (!window.Stripe) {
        loading ??= load().finally(() => {
          loading = null
        })
        await loading
      }
      if (!window.Stripe) throw new Error(`${url} is not Stripe.js`)
      js ??= window.Stripe(publishableKey)
      mount()
      return js
    },
    showCard() {
      place.hidden = false
      host.append(place)
      mount()
      return () => {
        // They are still read while the payment is under way.
        place.hidden = true
      }
    },
  }
}

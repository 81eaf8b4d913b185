import type { CheckoutInput, StripeJs } from './stripe-js.ts'

/**
 * Puts Stripe's embedded Checkout into the dialog; the returned function takes it out. Stripe.js does not work inside a shadow:
 * it stands in the page itself, and a slot of the dialog shows it.
 */
export async function placeCheckout(host: HTMLElement, js: StripeJs, input: CheckoutInput): Promise<() => void> {
  const checkout = await js.createEmbeddedCheckoutPage?.(input)
  if (!checkout) throw new Error('This Stripe.js has no embedded Checkout')
  const place = document.createElement('div')
  place.slot = 'checkout'
  host.append(place)
  checkout.mount(place)
  return () => {
    checkout.destroy()
    place.remove()
  }
}

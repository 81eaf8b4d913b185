/** The part of Stripe.js that is used. What it answers is never believed: the server is asked what became of a payment. */
export interface StripeJs {
  handleNextAction(input: { clientSecret: string }): Promise<unknown>
  /** With a future usage, the card is saved for the customer. */
  confirmCardPayment(
    clientSecret: string,
    input: { payment_method: unknown; setup_future_usage?: 'off_session' },
  ): Promise<unknown>
  elements?(): { create(type: 'card'): StripeCard }
  createEmbeddedCheckoutPage?(input: CheckoutInput): Promise<StripeCheckout>
}

export interface CheckoutInput {
  /** Of the Checkout session. */
  clientSecret: string
  /** Runs once it is paid. */
  onComplete(): void
}

/** Checkout inside a page. Of these there is at most one at a time. */
export interface StripeCheckout {
  mount(element: HTMLElement): void
  destroy(): void
}

/** Stripe's own fields for a card. */
export interface StripeCard {
  mount(element: HTMLElement): void
}

export type LoadStripe = (publishableKey: string) => Promise<StripeJs>

import type { ReadonlySignal, Signal } from '@preact/signals-core'
import type { Offer, PlansAnswer, Presenter, Quote, Upgrade } from '@softgate/sdk'

/**
 * Where a change stands in front of its user. `quote`: what it does and costs, or its loading, or why it cannot be.
 * `saving`: sent. `offline`: nobody answers, and asking again is safe. `done`: it is taken down.
 */
export type ChangeStep = 'quote' | 'saving' | 'offline' | 'done'

/** The dialog for every change but more of the same: another plan or interval, less, the end, and the way back. */
export interface ChangeFlow {
  readonly open: ReadonlySignal<boolean>
  readonly step: ReadonlySignal<ChangeStep>
  readonly offer: ReadonlySignal<Offer | null>
  /** What led here, in the words of the prompt; empty where the change says itself what it is. */
  readonly heading: ReadonlySignal<string>
  /** Units more or fewer, where the offer leaves a choice. */
  readonly quantity: ReadonlySignal<number>
  /** The last quote; null while there is none. */
  readonly quote: ReadonlySignal<Quote | null>
  /** A quote is on its way. */
  readonly pending: ReadonlySignal<boolean>
  /** Why the change cannot be made as it stands, and what to do; null when it can. */
  readonly refusal: ReadonlySignal<string | null>
  /** Whether it is a card that is missing: `changeCard` leads to where one is added. */
  readonly needsCard: ReadonlySignal<boolean>
  /** Whether this quote took the place of one that the user had agreed to. */
  readonly changed: ReadonlySignal<boolean>
  /** Every plan, to tell what is gained and lost; null until known. */
  readonly plans: ReadonlySignal<PlansAnswer | null>
  readonly upgrade: ReadonlySignal<Upgrade | null>
  readonly present: Presenter
  /** Goes on with another offer in the same dialog: the other interval, or the way back. */
  choose(offer: Offer): void
  /** The promotion code as it is being written; empty for each new subject. */
  readonly code: Signal<string>
  /** The promotion code that the price is asked for with; empty without one. */
  readonly promotion: ReadonlySignal<string>
  /** The code that cannot be redeemed for this, after it was tried. */
  readonly refusedCode: ReadonlySignal<string>
  /** The saved card that is to pay; empty for the present one. */
  readonly card: ReadonlySignal<string>
  /** Another of the quote's cards is to pay: the price is asked for with it. */
  chooseCard(id: string): void
  /** Leaves for Stripe's page of saved cards. Rejects with a SoftgateError where there is none. */
  changeCard(): Promise<void>
  /** Asks for the price with a promotion code; without any again for an empty one. */
  redeem(code: string): void
  setQuantity(quantity: number): void
  /** Makes the change that is shown. */
  confirm(): Promise<void>
  retry(): void
  /** Leaves everything as it is, or puts away what is done. */
  close(): void
  dispose(): void
}

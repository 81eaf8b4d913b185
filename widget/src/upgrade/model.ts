import type { ReadonlySignal, Signal } from '@preact/signals-core'
import type { AccessRequest, Presentation, PromptControls, Quote, Upgrade } from '@softgate/sdk'
import type { Pricing } from './pricing.ts'

/**
 * Where an upgrade stands in front of its user. `quote`: the price, or its loading. `paying`: sent, and the answer awaited.
 * `bank`: 3-D Secure. `declined`, `card`: the card was refused; another is entered. `unknown`: no answer for a time, never a
 * second payment. `refused`: it cannot be bought now, and nothing was charged. `cardless`: there is no card to charge.
 * `nothing`: there is nothing to buy.
 * `settle`: an older invoice comes first. `leaving`: on to Checkout. `checkout`: it is paid there, in the page.
 * `unfinished`: back from there, and not paid. `ask`, `sent`: a member and the admins.
 */
export type Step =
  | 'quote'
  | 'paying'
  | 'bank'
  | 'declined'
  | 'card'
  | 'done'
  | 'unknown'
  | 'offline'
  | 'refused'
  | 'cardless'
  | 'nothing'
  | 'settle'
  | 'leaving'
  | 'checkout'
  | 'unfinished'
  | 'ask'
  | 'sent'

export type UpgradeOutcome = 'upgraded' | 'requested' | 'dismissed'

/** The upgrade dialog without its looks: what is so, and what can be done. */
export interface UpgradeFlow extends Pricing {
  /** What led here; null when an upgrade of an earlier page goes on. */
  readonly subject: ReadonlySignal<Presentation | null>
  readonly open: ReadonlySignal<boolean>
  readonly step: ReadonlySignal<Step>
  /** The last price; it may be that of another quantity while `pending`. */
  readonly quote: ReadonlySignal<Quote | null>
  readonly upgrade: ReadonlySignal<Upgrade | null>
  /** What this user has asked for here; null before, and once it is taken back. */
  readonly request: ReadonlySignal<AccessRequest | null>
  /** Open requests of others for the same, shown to who may buy. */
  readonly people: ReadonlySignal<readonly AccessRequest[]>
  /** The request is on its way, or on its way back. */
  readonly sending: ReadonlySignal<boolean>
  /** The word that goes with a request, as it is being written; empty for each new subject. */
  readonly note: Signal<string>
  /** Asks the account's admins. */
  send(): Promise<void>
  /** Takes back what was sent: the dialog asks again, with what was written. */
  takeBack(): Promise<void>
  /** Shows a prompt; resolves with what came of it. */
  present(subject: Presentation, controls?: PromptControls): Promise<UpgradeOutcome>
  /** Goes on with an upgrade that was begun elsewhere; resolves with what came of it. */
  resume(upgrade: Upgrade): Promise<UpgradeOutcome>
  /** Buys what is shown; nothing happens while a price is pending or a purchase under way. */
  confirm(): Promise<void>
  /** Begins the question again. */
  retry(): void
  /** Shows the bank's page again, or Checkout where that stands in the page. */
  authenticate(): Promise<void>
  enterCard(): void
  /**
   * Pays the open invoice with a saved card, by its id, or with one from Stripe's own fields, as Stripe.js takes it.
   *
   * @param keep whether it pays later invoices too
   */
  payWith(card: unknown, keep?: boolean): Promise<void>
  /** Leaves for Stripe's page of saved cards. Rejects with a SoftgateError where there is none. */
  changeCard(): Promise<void>
  /** Gives up an upgrade that waits for its payment, or the question. */
  cancel(): void
  /** Puts the dialog away. What is under way goes on. */
  close(): void
  dispose(): void
}

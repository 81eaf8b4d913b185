import type { ReadonlySignal } from '@preact/signals-core'
import type { Presentation, PromptControls, Quote, Upgrade } from '@softgate/sdk'

/**
 * Where an upgrade stands in front of its user. `quote`: the price, or its loading. `paying`: sent, and the answer awaited.
 * `bank`: 3-D Secure. `declined`, `card`: the card was refused; another is entered. `unknown`: no answer for a time, never a
 * second payment. `refused`: it cannot be bought now, and nothing was charged. `settle`: an older invoice comes first.
 * `leaving`: on to Checkout. `ask`, `sent`: a member and the admins.
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
  | 'settle'
  | 'leaving'
  | 'ask'
  | 'sent'

export type UpgradeOutcome = 'upgraded' | 'requested' | 'dismissed'

/** The upgrade dialog without its looks: what is so, and what can be done. */
export interface UpgradeFlow {
  /** What led here; null when an upgrade of an earlier page goes on. */
  readonly subject: ReadonlySignal<Presentation | null>
  readonly open: ReadonlySignal<boolean>
  readonly step: ReadonlySignal<Step>
  readonly quantity: ReadonlySignal<number>
  /** The last price; it may be that of another quantity while `pending`. */
  readonly quote: ReadonlySignal<Quote | null>
  /** `pending`: a price is on its way. `bones`: for so long that the old figures are gone. */
  readonly waiting: ReadonlySignal<'no' | 'pending' | 'bones'>
  /** The price that was shown before this one replaced it, unasked. */
  readonly before: ReadonlySignal<Quote | null>
  readonly upgrade: ReadonlySignal<Upgrade | null>
  /** Shows a prompt; resolves with what came of it. */
  present(subject: Presentation, controls?: PromptControls): Promise<UpgradeOutcome>
  /** Goes on with an upgrade that was begun elsewhere; resolves with what came of it. */
  resume(upgrade: Upgrade): Promise<UpgradeOutcome>
  setQuantity(quantity: number): void
  /** Buys what is shown; nothing happens while a price is pending or a purchase under way. */
  confirm(): Promise<void>
  /** Asks for the price again. */
  retry(): void
  /** Shows the bank's page again. */
  authenticate(): Promise<void>
  enterCard(): void
  /** Pays the open invoice with a card from Stripe's own fields. */
  payWith(card: unknown): Promise<void>
  /** Gives up an upgrade that waits for its payment, or the question. */
  cancel(): void
  /** Puts the dialog away. What is under way goes on. */
  close(): void
  send(note: string): Promise<void>
  dispose(): void
}

import type { Offer } from './billing.ts'
import type { Decision } from './decision.ts'
import type { Money } from './money.ts'

/** Text as the user reads it: already chosen, translated and filled in. */
export interface Copy {
  title: string
  body: string
  action: string
  dismiss: string
}

/** What the prompt's action does: buy the offer, ask an admin, settle an open payment, or nothing but inform. */
export type PromptWay = 'buy' | 'ask' | 'pay' | 'none'

export interface Prompt {
  /** Names this showing in outcomes, quotes and reports. */
  delivery: string
  placement: string
  feature: string | null
  /** Whose limit it is about, where it is not the account's. */
  about?: { user?: string; entity?: string }
  way: PromptWay
  copy: Copy
  offer: Offer | null
  /** With the way `ask`: names of those who may buy, at most 5; never an email address. */
  admins: string[]
  /** With the way `pay`: what is not paid yet, and the page where it can be. */
  invoice: OpenInvoice | null
  /** This user has been shown it before; a nudge opens once. A snooze that is over makes it new. */
  seen?: true
}

export interface OpenInvoice {
  id: string
  /** What is left to pay. */
  amountDue: Money
  url: string | null
}

export interface GateInput {
  feature: string
  quantity?: number
  placement?: string
  /** What it is for, where each entity has a limit. */
  entity?: string
}

export interface GateAnswer {
  decision: Decision
  prompt: Prompt | null
}

export type Outcome = 'shown' | 'clicked' | 'dismissed' | 'snoozed'

export interface OutcomeInput {
  outcome: Outcome
  /** Whom a dismissal or snooze speaks for; `account` needs the right to purchase. */
  scope?: 'user' | 'account'
  /** Seconds for which it holds; for ever when left out of a dismissal, a day of a snooze. 0 takes it back. */
  forSeconds?: number
}

export interface OutcomeAnswer {
  delivery: string
  outcome: Outcome
  until: string | null
}

import type { Money } from './money.ts'

/** How the variants of a prompt do. */
export interface ResultsInput {
  prompt: string
  /** What an account pays counts for so many days after it was first asked: 1 to 90, 14 when left out. */
  days?: number
  /** Only accounts that were first asked then or later: the beginning of the experiment. All when left out. */
  since?: string
}

/** The accounts that have one variant, and what came of it. */
export interface ResultsArm {
  /** Null for the accounts that would have been asked and are held out. */
  variant: string | null
  accounts: number
  /** Of these, how many are still within their days. */
  waiting: number
  /** Accounts in which someone followed the prompt. */
  clicked: number
  /** Accounts that paid for an upgrade in their days, whatever way led there, and have not got all of it back. */
  bought: number
  /** Between which shares, 0 to 1, the one that buys lies with a probability of 95 %. */
  share: { low: number; high: number }
  /** What they paid in these days less what went back, in each currency. */
  paid: Money[]
  /** How likely it is that no other variant sells to a greater share; null for those held out and while nobody was asked. */
  best: number | null
}

export interface ResultsAnswer {
  prompt: string
  days: number
  /** By the order of the configuration, those held out last. */
  arms: ResultsArm[]
  /**
   * Whether the variants have as many accounts as their weights give them: the probability of a split as uneven as this one.
   * Below 0.001 something else than chance is at work and nothing here can be believed. Null while there are too few.
   */
  split: number | null
  /** Accounts that had more than one variant, as these were changed meanwhile: they are left out. */
  mixed: number
}

/** The first time that something of an experiment came to an account; epoch ms. */
export interface FirstTime {
  account: string
  at: number
}

/** What was paid for an upgrade, less what went back of it, in minor units; `at` is the first payment's time. */
export interface PaidUpgrade extends FirstTime {
  amount: number
  currency: string
}

/** What experiments need from storage. */
export interface ExperimentStore {
  /** Accounts that were asked by a prompt, once for each of its variants that they had. */
  asked(prompt: string): Promise<(FirstTime & { variant: string })[]>
  /** Accounts that these triggers would have asked, and held out. */
  heldOut(triggers: readonly string[]): Promise<FirstTime[]>
  /** Accounts in which someone followed the prompt. */
  clicked(prompt: string): Promise<string[]>
  /** Upgrades that were first paid at `since` or later. */
  paid(since: number): Promise<PaidUpgrade[]>
}

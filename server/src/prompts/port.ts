import type { Party } from '../triggers/model.ts'
import type { Addressee, Delivery, OutcomeRecord } from './model.ts'

export interface PromptStore {
  deliver(delivery: Delivery): Promise<void>
  find(account: string, id: string): Promise<Delivery | null>
  findByFire(account: string, fire: string): Promise<Delivery | null>
  /**
   * Deliveries since `since` that answer nobody in particular and are for this reader: the newest 50 of what is about them, and
   * of what an admin reads of others.
   */
  open(account: string, reader: Addressee, since: number): Promise<Delivery[]>
  /** Dismissals and snoozes in force for this user, or made for the whole account. */
  silences(account: string, user: string, now: number): Promise<OutcomeRecord[]>
  /** What this user did with these deliveries. */
  outcomesOf(account: string, user: string, deliveries: readonly string[]): Promise<OutcomeRecord[]>
  /**
   * When one of these prompts was last dismissed by those who would read another, and not taken back: of the account's by
   * anyone, of a user's by them or for the account, of what admins read by anyone but the user whom it was about.
   */
  lastDismissedAt(asked: {
    account: string
    prompts: readonly string[]
    scope: string
    party: Party
    since: number
  }): Promise<number | null>
  /** Keeps the newest outcome of a kind by a user. */
  recordOutcome(outcome: OutcomeRecord): Promise<void>
}

import type { Delivery, OutcomeRecord } from './model.ts'

export interface PromptStore {
  deliver(delivery: Delivery): Promise<void>
  find(account: string, id: string): Promise<Delivery | null>
  findByFire(account: string, fire: string): Promise<Delivery | null>
  /** Deliveries for everyone in the account since `since`, newest first. */
  open(account: string, since: number): Promise<Delivery[]>
  /** Dismissals and snoozes in force for this user, or made for the whole account. */
  silences(account: string, user: string, now: number): Promise<OutcomeRecord[]>
  /** What this user did with these deliveries. */
  outcomesOf(account: string, user: string, deliveries: readonly string[]): Promise<OutcomeRecord[]>
  /** When anyone in the account last dismissed one of these prompts, and did not take it back. */
  lastDismissedAt(account: string, prompts: readonly string[]): Promise<number | null>
  /** Keeps the newest outcome of a kind by a user. */
  recordOutcome(outcome: OutcomeRecord): Promise<void>
}

import type { Fire, Look } from './model.ts'

export interface TriggerStore {
  record(fire: Fire): Promise<void>
  /** When a trigger of this kind of expansion last fired for the account. */
  lastFiredAt(account: string, expansion: string): Promise<number | null>
  /** The fire of a trigger for a user's own attempt since `since`, newest first: what makes repeats one. */
  recentAttempt(query: {
    account: string
    trigger: string
    user: string
    feature: string
    since: number
  }): Promise<Fire | null>
  /** Keeps the newest look of an account's trigger at a feature. */
  lookAgain(look: Look): Promise<void>
  /** Looks whose time has come, of any account, the oldest first. */
  looksDue(now: number, limit: number): Promise<Look[]>
  /** Every look of an account, whenever its time comes. */
  looksOf(account: string): Promise<Look[]>
  /** Takes a look away; false when another has taken it. */
  takeLook(look: Look): Promise<boolean>
  /** The account's latest fires with their reasons, newest first: why something was asked, and why not. */
  history(account: string, limit: number): Promise<Fire[]>
}

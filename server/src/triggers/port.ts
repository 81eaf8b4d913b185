import type { Crossing } from '../metering/model.ts'
import type { Fire, Look, Party } from './model.ts'

/** Who would be asked about a kind of expansion; `since` (epoch ms) bounds what is looked for. */
export interface Asked {
  account: string
  expansion: string
  scope: string
  party: Party
  since: number
}

export interface TriggerStore {
  record(fire: Fire): Promise<void>
  /**
   * When a trigger of this kind of expansion last fired for them. A scope hears what is said to all; the account does not cool
   * down by what is said to one scope alone.
   */
  lastFiredAt(asked: Asked): Promise<number | null>
  /** Whether the trigger has fired, or was held out, on an earlier passing of the same mark in the same period. */
  hasAnswered(trigger: Pick<Fire, 'trigger' | 'expansion'>, crossing: Crossing): Promise<boolean>
  /** The fire of a trigger for a user's own attempt since `since`, newest first: what makes repeats one. */
  recentAttempt(query: {
    account: string
    trigger: string
    user: string
    scope: string
    feature: string
    since: number
  }): Promise<Fire | null>
  /** Keeps the newest look of a trigger at a feature, one for each scope. */
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

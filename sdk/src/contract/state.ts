import type { Permission } from './accounts.ts'
import type { Offer, Upgrade } from './billing.ts'
import type { Decision } from './decision.ts'
import type { Prompt } from './prompts.ts'

/** The account's part of the state: the same for every user, pushed whole whenever it changes. */
export interface AccountState {
  account: { id: string; name: string | null; plan: { key: string; title: string } }
  features: Record<string, Decision>
}

/** Everything a page needs to draw meters and gates. */
export interface State extends AccountState {
  user: { id: string; role: string | null; may: Permission[] }
  prompts: Prompt[]
  offers: Offer[]
  /** The open upgrade of this account, if one waits for its payment; only for users who may purchase. */
  upgrade: Upgrade | null
}

/** What the live stream sends, by the `event` field of its messages. */
export interface StreamMessages {
  /** First message, and whenever a decision of the account changes. */
  state: AccountState
  /** An upgrade of the account came to another status. */
  upgrade: { id: string; status: Upgrade['status'] }
}

import type { Permission } from './accounts.ts'
import type { Offer, PendingChange, Upgrade } from './billing.ts'
import type { Decision } from './decision.ts'
import type { Prompt } from './prompts.ts'
import type { RequestsSummary } from './requests.ts'

/** What a person reads of a feature, in the catalogue's words. */
export interface FeatureAbout {
  title: string
  /** What it does, in a sentence. */
  description: string | null
  /** The word for what is counted, or what a value is of: `seat`, `seats`. */
  unit: { one: string; other: string } | null
  /** The smallest plan above the present one that grants it, or grants more of it; the add-on that does where no plan has it. */
  comesWith: PlanName | null
}

export interface PlanName {
  key: string
  title: string
}

/** The account's part of the state: the same for every user, pushed whole whenever it changes. */
export interface AccountState {
  account: {
    id: string
    name: string | null
    plan: PlanName
    /** IANA name. The account's dates are meant in it: ends of periods, days of use, invoices. */
    timeZone: string
  }
  features: Record<string, Decision>
  /** By feature, as in `features`; changes with the plan only. */
  about: Record<string, FeatureAbout>
}

/** Everything a page needs to draw meters and gates. */
export interface State extends AccountState {
  /** Decisions that are this user's own, by their limit or their role; they stand in for those in `features`. */
  own?: Record<string, Decision>
  user: { id: string; role: string | null; may: Permission[] }
  prompts: Prompt[]
  offers: Offer[]
  /** The open upgrade of this account, if one waits for its payment; only for users who may purchase. */
  upgrade: Upgrade | null
  requests: RequestsSummary
  /** For a user who may not buy: names of those who may, at most 5; never an email address. */
  admins: string[]
  /** For an admin whose account pays by invoice or for what the catalogue does not sell, or of a product that sells nothing: what they ask for goes to the vendor's team. */
  asksVendor?: true
  /** What happens to the subscription at the end of its period. */
  pending: PendingChange | null
}

/** What the live stream sends, by the `event` field of its messages. */
export interface StreamMessages {
  /** First message, to a user with all of the state; then whenever the account's part changes. */
  state: AccountState | State
  /** To one user: what belongs to them has changed, the prompts that are due and all the rest. */
  prompts: Omit<State, keyof AccountState>
  /** To one user: the requests that they see have changed. */
  requests: RequestsSummary
  /** An upgrade of the account came to another status. */
  upgrade: { id: string; status: Upgrade['status'] }
}

import type { AccessRequest } from '@softgate/sdk/contract'

/** A request as stored; instants in epoch ms. */
export interface RequestRecord extends Omit<AccessRequest, 'createdAt' | 'answeredAt' | 'name' | 'answeredByName'> {
  account: string
  createdAt: number
  answeredAt: number | null
  updatedAt: number
}

/** Which requests go to the vendor: those of users in these roles, in accounts that pay by invoice or for what the catalogue does not sell, or in all. */
export interface ToVendor {
  roles: readonly string[]
  everywhere: boolean
}

export interface RequestStore {
  save(request: RequestRecord): Promise<void>
  find(account: string, id: string): Promise<RequestRecord | null>
  /** The user's open request for the feature, if there is one: asking twice is asking once. */
  findOpen(account: string, user: string, feature: string): Promise<RequestRecord | null>
  /** Newest first; of one user, or of the whole account. */
  list(account: string, user: string | null): Promise<RequestRecord[]>
  /** Open ones to the vendor, the oldest first; at most 200. */
  listForVendor(whose: ToVendor): Promise<RequestRecord[]>
  /**
   * Requests to the vendor that its hook has not heard of as they are now, the oldest change first: open ones, and what became
   * of those that it has heard of.
   */
  untold(whose: ToVendor, now: number, limit: number): Promise<RequestRecord[]>
  /** The hook has heard of the request as it is here; what has changed since is still to be told. */
  heard(request: RequestRecord): Promise<void>
  /** The hook has failed: it is told again at `at`, or when the request changes. */
  putOff(request: RequestRecord, at: number): Promise<void>
  /** How many are open, and when any last changed; of one user, or of the whole account. */
  summary(account: string, user: string | null): Promise<{ open: number; changedAt: number | null }>
}

import type { AccessRequest } from '@softgate/sdk/contract'

/** A request as stored; instants in epoch ms. */
export interface RequestRecord extends Omit<AccessRequest, 'createdAt' | 'answeredAt' | 'name' | 'answeredByName'> {
  account: string
  createdAt: number
  answeredAt: number | null
  updatedAt: number
}

export interface RequestStore {
  save(request: RequestRecord): Promise<void>
  find(account: string, id: string): Promise<RequestRecord | null>
  /** The user's open request for the feature, if there is one: asking twice is asking once. */
  findOpen(account: string, user: string, feature: string): Promise<RequestRecord | null>
  /** Newest first; of one user, or of the whole account. */
  list(account: string, user: string | null): Promise<RequestRecord[]>
  /** Open ones of users in these roles, in accounts that pay by invoice; the oldest first, at most 200. */
  listForVendor(roles: readonly string[]): Promise<RequestRecord[]>
  /** How many are open, and when any last changed; of one user, or of the whole account. */
  summary(account: string, user: string | null): Promise<{ open: number; changedAt: number | null }>
}

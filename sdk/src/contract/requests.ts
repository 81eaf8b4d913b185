export interface RequestInput {
  feature: string
  quantity?: number
  /** In the member's own words; at most 500 characters. */
  note?: string
}

/** `withdrawn`: taken back by the one who asked. */
export type RequestStatus = 'open' | 'granted' | 'declined' | 'withdrawn'

/** A member's wish for more, with the admins of the account. */
export interface AccessRequest {
  id: string
  user: string
  /** Of who asks; null where the host has told none. */
  name: string | null
  feature: string
  quantity: number
  note: string | null
  status: RequestStatus
  createdAt: string
  answeredAt: string | null
  answeredBy: string | null
  answeredByName: string | null
  reply: string | null
}

/** How the requests stand that a user sees: all of the account for who may answer, the own ones for anybody else. */
export interface RequestsSummary {
  open: number
  /** When one of them last changed: the list is worth fetching again. */
  changedAt: string | null
}

export interface RequestsAnswer {
  requests: AccessRequest[]
}

/** A request of an admin in an account where nobody can buy, as it pays by invoice or for what the catalogue does not sell, or billing is off: it goes to the vendor's team. */
export interface VendorRequest extends AccessRequest {
  account: string
  accountName: string | null
  /** When it was last changed: asked for anew, taken back or answered. */
  updatedAt: string
}

/** Open ones of all accounts, those that wait longest first; at most 200. */
export interface VendorRequestsAnswer {
  requests: VendorRequest[]
}

export interface RequestAnswerInput {
  answer: 'grant' | 'decline'
  reply?: string
}

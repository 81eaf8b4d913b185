export interface RequestInput {
  feature: string
  quantity?: number
  /** In the member's own words; at most 500 characters. */
  note?: string
}

export type RequestStatus = 'open' | 'granted' | 'declined'

/** A member's wish for more, with the admins of the account. */
export interface AccessRequest {
  id: string
  user: string
  feature: string
  quantity: number
  note: string | null
  status: RequestStatus
  createdAt: string
  answeredAt: string | null
  answeredBy: string | null
  reply: string | null
}

export interface RequestsAnswer {
  requests: AccessRequest[]
}

export interface RequestAnswerInput {
  answer: 'grant' | 'decline'
  reply?: string
}

import type {
  AccessRequest,
  Account,
  Invoice,
  InvoicesAnswer,
  PlansAnswer,
  RequestsAnswer,
  State,
  UsageAnswer,
} from '@softgate/sdk/contract'
import { mayBuy, type Session } from './model.ts'
import type { Backend } from './permissions.ts'

/** What the pages about plan and money show. Every answer is null when Softgate does not give one. */
export interface AccountPages {
  account(session: Session): Promise<Account | null>
  state(session: Session): Promise<State | null>
  plans(session: Session, features: string[]): Promise<PlansAnswer | null>
  usage(session: Session, feature: string, days: number): Promise<UsageAnswer['days'] | null>
  /** For those who may buy. */
  invoices(session: Session): Promise<Invoice[] | null>
  requests(session: Session): Promise<AccessRequest[]>
}

export interface AccountPagesOptions {
  backend: Backend
  secretKey: string
}

/** Reads Softgate's wire for one user, under the secret key; their role decides there what they are told. */
export function createAccountPages({ backend, secretKey }: AccountPagesOptions): AccountPages {
  const read = async <T>(path: string, query: Record<string, string> = {}): Promise<T | null> => {
    try {
      const url = `http://softgate.internal/v1${path}?${new URLSearchParams(query)}`
      const headers = { authorization: `Bearer ${secretKey}` }
      const signal = AbortSignal.timeout(5_000)
      const response = await backend(new Request(url, { headers, signal }))
      return response.ok ? ((await response.json()) as T) : null
    } catch {
      return null
    }
  }
  const as = ({ account, person }: Session) => ({ account: account.id, user: person.id })

  return {
    account: ({ account }) => read(`/accounts/${encodeURIComponent(account.id)}`),
    state: (session) => read('/state', as(session)),
    plans: (session, features) =>
      read('/plans', { ...as(session), ...(features.length > 0 && { feature: features.join() }) }),
    usage: async (session, feature, days) =>
      (await read<UsageAnswer>('/usage', { ...as(session), feature, days: String(days) }))?.days ?? null,
    invoices: async (session) =>
      mayBuy(session.person) ? ((await read<InvoicesAnswer>('/invoices', as(session)))?.invoices ?? null) : null,
    requests: async (session) => (await read<RequestsAnswer>('/requests', as(session)))?.requests ?? [],
  }
}

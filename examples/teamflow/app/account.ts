import type { State, UsageAnswer } from '@softgate/sdk/contract'
import type { Session } from './model.ts'
import type { Backend } from './permissions.ts'

/** What the page of usage shows. Every answer is null when Softgate does not give one. */
export interface AccountPages {
  state(session: Session): Promise<State | null>
  usage(session: Session, feature: string, days: number): Promise<UsageAnswer['days'] | null>
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
    state: (session) => read('/state', as(session)),
    usage: async (session, feature, days) =>
      (await read<UsageAnswer>('/usage', { ...as(session), feature, days: String(days) }))?.days ?? null,
  }
}

import type { AnswerOf, BodyOf, Problem, RouteKey } from '@softgate/sdk/contract'
import { Refusal } from './refuse.ts'

/** Where a command finds the running backend. */
export const urlArg = {
  url: {
    type: 'string',
    default: process.env.SOFTGATE_URL ?? 'http://127.0.0.1:4242',
    description: 'Where the backend runs, with the path it is mounted at',
  },
} as const

export interface Call<K extends RouteKey> {
  url: string
  secretKey: string
  body: BodyOf<K>
  /** Without its question mark. */
  query?: string
  /** Whether an answer of this status is one, beside those of 200 to 299. */
  accepts?: number
}

/**
 * Posts to a running backend.
 *
 * @throws Refusal when none answers, or it refuses
 */
export async function post<K extends RouteKey & `POST ${string}`>(
  key: K,
  { url, secretKey, body, query, accepts }: Call<K>,
): Promise<AnswerOf<K>> {
  const address = `${url.replace(/\/$/, '')}${key.slice('POST '.length)}${query ? `?${query}` : ''}`
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null)
  if (!response)
    throw new Refusal(`No backend answers at ${url}. Start it with "softgate start", or name it with --url.`)
  if (response.ok || response.status === accepts) return (await response.json()) as AnswerOf<K>
  const problem = (await response.json().catch(() => null)) as Problem | null
  throw new Refusal(problem?.detail ?? `${address} answered ${response.status}. Is it a Softgate backend?`)
}

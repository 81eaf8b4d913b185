import type { Environment } from './environment.ts'
import { looksSecret } from './options.ts'
import { jitter, type Scope } from './scope.ts'

/** The user token: fetched when needed, by one call at a time. */
export interface Tokens {
  /** The token at hand, null when there is none. One that nears its end is renewed meanwhile. */
  peek(): string | null
  /** The token at hand or a new one. Rejects at once while the last failure asks for a pause: retries are never a loop. */
  get(): Promise<string>
  /** The server does not take the token at hand. The first time another is fetched right away, then after pauses. */
  refuse(token: string): void
  /** The server has taken the token. */
  accept(): void
}

export interface TokensOptions {
  env: Pick<Environment, 'now' | 'random' | 'onWarning'>
  scope: Scope
  fetchToken(): string | Promise<string>
  /** Called when a token has been fetched, with `account user`, which holds no other space. */
  onIdentity(name: string): void
}

const timeoutMs = 10_000

export function createTokens({ env, scope, fetchToken, onIdentity }: TokensOptions): Tokens {
  let current = ''
  let renewAt = 0
  let endsAt = 0
  let failures = 0
  let retryAt = 0
  let fetching: Promise<string> | null = null

  const fail = (): void => {
    if (failures++) retryAt = env.now() + jitter(env.random, failures, 60_000)
  }

  const fetchOne = async (): Promise<string> => {
    try {
      const late = scope.wait(timeoutMs).then(() => Promise.reject(new Error('no answer')))
      const token = await Promise.race([fetchToken(), late])
      if (looksSecret(token)) throw new Error('a secret key (sg_…) must never reach a browser')
      // Not decoded from UTF-8: the ids only tell users apart here.
      const claims = JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')))
      // By its length of life, not its end: the clock of this machine may be years off.
      const life = (claims.exp - claims.iat) * 1_000
      current = token
      endsAt = env.now() + life
      renewAt = endsAt - life / 5
      onIdentity(`${claims.account} ${claims.sub}`)
      return token
    } catch (error) {
      fail()
      env.onWarning('token() gave no user token', error)
      throw error
    } finally {
      fetching = null
    }
  }

  const get = (): Promise<string> => {
    if (env.now() < retryAt) return Promise.reject(new Error('token() has failed and is not called again yet'))
    fetching ??= fetchOne()
    return fetching
  }

  const peek = (): string | null => {
    const now = env.now()
    if (!current || now >= endsAt) return null
    if (now >= renewAt) get().catch(() => {})
    return current
  }

  return {
    peek,
    get: async () => peek() ?? get(),
    refuse(token) {
      if (current !== token) return
      current = ''
      fail()
    },
    accept() {
      failures = 0
    },
  }
}

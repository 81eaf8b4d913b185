import type { Environment } from './environment.ts'
import { refuseSecret, type SoftgateOptions } from './options.ts'
import { jitter, type Scope } from './scope.ts'

/** The user token: fetched when needed, by one call at a time. */
export interface Tokens {
  /** The token at hand, null when there is none. One that nears its end is renewed meanwhile. */
  peek(): string | null
  /** A new token. Rejects at once while the last failure asks for a pause: retries are never a loop. */
  renew(): Promise<string>
  /** Whether the server has taken the token. The first refused one is replaced right away, others after pauses. */
  judge(token: string, taken: boolean): void
}

const timeoutMs = 10_000

/** @param onIdentity called when a token has been fetched, with `account user`, which holds no other space */
export function createTokens(
  env: Environment & Pick<SoftgateOptions, 'token'>,
  scope: Scope,
  onIdentity: (name: string) => void,
): Tokens {
  let current = ''
  let renewAt = 0
  let endsAt = 0
  let failures = 0
  let retryAt = 0
  let fetching: Promise<string> | null = null

  const fail = (): void => {
    if (failures++) retryAt = env.now() + jitter(env, failures, 60_000)
  }

  const fetchOne = async (): Promise<string> => {
    if (env.now() < retryAt) throw new Error('token() has failed and is not called again yet')
    try {
      const token = (await Promise.race([env.token(), scope.wait(timeoutMs)])) ?? ''
      refuseSecret('token()', token)
      // Not decoded from UTF-8: the ids only tell users apart here.
      const base64 = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
      const { account, sub, iat, exp } = JSON.parse(atob(base64))
      // By its length of life, not its end: the clock of this machine may be years off.
      const life = (exp - iat) * 1_000
      current = token
      endsAt = env.now() + life
      renewAt = endsAt - life / 5
      onIdentity(`${account} ${sub}`)
      return token
    } catch (error) {
      fail()
      env.onWarning('token() gave no user token', error)
      throw error
    }
  }

  const renew = (): Promise<string> => {
    fetching ??= fetchOne().finally(() => {
      fetching = null
    })
    return fetching
  }

  return {
    renew,
    peek() {
      const now = env.now()
      if (now >= endsAt) return null
      if (now >= renewAt) renew().catch(() => {})
      return current
    },
    judge(token, taken) {
      if (taken) failures = 0
      else if (token === current) {
        endsAt = 0
        fail()
      }
    },
  }
}

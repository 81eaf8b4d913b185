import { createHash, timingSafeEqual } from 'node:crypto'
import type { PurchaseCap } from '@softgate/sdk/contract'
import { faultOfCap, maxTokenSeconds, signatureOf, type TokenClaims, tokenKeyOf } from '@softgate/sdk/host'
import type { Clock } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'

/** Who calls: a host with its secret key, or one user of one account until `expiresAt` (epoch ms). */
export type Caller =
  | { kind: 'secret'; key: string }
  | {
      kind: 'user'
      account: string
      user: string
      may: readonly string[]
      cap: PurchaseCap | null
      expiresAt: number
    }

/** Turns an Authorization header into a caller; throws `unauthorized` or `token_expired`. */
export type Authenticate = (authorization: string | undefined) => Caller

const keyPattern = /^sg_(test|live)_[A-Za-z0-9]{24,}$/
const cacheSize = 10_000
const skewSeconds = 60

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Knows the secret keys by their hashes, and the keys of user tokens derived from them. A verified credential is remembered,
 * so that the next request costs a look-up; a token's expiry is checked every time.
 *
 * @throws Error when a secret key is too weak to be one
 */
export function createAuthenticator(secretKeys: readonly string[], clock: Clock): Authenticate {
  for (const key of secretKeys)
    if (!keyPattern.test(key))
      throw new Error(
        'A secret key is sg_test_ or sg_live_ and at least 24 letters and digits. Make a new one at random.',
      )
  const hashes = new Map(secretKeys.map((key) => [digest(key), digest(key).slice(0, 12)]))
  const tokenKeys = secretKeys.map(tokenKeyOf)
  const verified = new Map<string, Caller>()

  const verify = (credential: string): Caller => {
    if (credential.startsWith('sg_')) {
      const key = hashes.get(digest(credential))
      if (key === undefined) throw unauthorized('This secret key is not known here.')
      return { kind: 'secret', key }
    }
    const { account, sub: user, may, cap = null, exp } = readToken(credential, tokenKeys, clock.now())
    return { kind: 'user', account, user, may, cap, expiresAt: exp * 1_000 }
  }

  return (authorization) => {
    if (authorization === undefined) throw unauthorized('Send Authorization: Bearer with a secret key or a user token.')
    if (!authorization.startsWith('Bearer ')) throw unauthorized('The Authorization header must begin with "Bearer ".')
    const credential = authorization.slice(7)
    let caller = verified.get(credential)
    if (!caller) {
      caller = verify(credential)
      if (verified.size >= cacheSize) verified.delete(verified.keys().next().value as string)
      verified.set(credential, caller)
    }
    if (caller.kind === 'user' && clock.now() >= caller.expiresAt) {
      verified.delete(credential)
      throw new ProblemError('token_expired', 'The user token has expired. Fetch a new one from your server.')
    }
    return caller
  }
}

const unauthorized = (detail: string): ProblemError => new ProblemError('unauthorized', detail)

/** Checks form, algorithm, signature and claims; only HS256 under our own keys is a token, whatever its header wishes for. */
function readToken(token: string, keys: readonly Buffer[], now: number): TokenClaims {
  const refused = unauthorized('The user token is not valid.')
  const [header, payload, signature, ...rest] = token.split('.')
  if (
    header === undefined ||
    payload === undefined ||
    signature === undefined ||
    rest.length > 0 ||
    token.length > 4_096
  )
    throw refused
  const { alg, typ, ...others } = parse(header) ?? {}
  if (alg !== 'HS256' || (typ !== undefined && typ !== 'JWT') || Object.keys(others).length > 0) throw refused
  const given = Buffer.from(signature)
  const signedByUs = keys.some((key) => {
    const expected = Buffer.from(signatureOf(`${header}.${payload}`, key))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  const claims = signedByUs ? parse(payload) : null
  if (!claims || !isClaims(claims)) throw refused
  const fault = claims.cap == null ? null : faultOfCap(claims.cap)
  if (fault !== null) throw unauthorized(`The user token is not valid: ${fault}`)
  if (claims.iat > now / 1_000 + skewSeconds || claims.exp - claims.iat > maxTokenSeconds)
    throw unauthorized(`A user token lives at most ${maxTokenSeconds} seconds and is not from the future.`)
  return claims
}

function parse(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function isClaims(value: Record<string, unknown>): value is Record<string, unknown> & TokenClaims {
  const { aud, sub, account, may, iat, exp } = value
  return (
    aud === 'softgate' &&
    typeof sub === 'string' &&
    typeof account === 'string' &&
    Array.isArray(may) &&
    may.every((permission) => typeof permission === 'string') &&
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(exp)
  )
}

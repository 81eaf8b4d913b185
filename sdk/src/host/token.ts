import { createHmac, hkdfSync } from 'node:crypto'
import type { Permission, PurchaseCap } from '../contract/index.ts'

/** The longest life of a user token, seconds. */
export const maxTokenSeconds = 900

/** The longest period of a cap, days. */
export const maxCapDays = 366

/** What a user token says: who, for which account, and what it permits. Plan, limits and role are never in it. */
export interface TokenClaims {
  aud: 'softgate'
  sub: string
  account: string
  may: Permission[]
  cap?: PurchaseCap
  /** Epoch seconds. */
  iat: number
  exp: number
}

export interface MintInput {
  secretKey: string
  account: string
  user: string
  may?: Permission[] | undefined
  /** The most its user may spend with this token; no bound when left out. */
  cap?: PurchaseCap | undefined
  /** Seconds; at most 900, which is also the default. */
  expiresIn?: number | undefined
  /** Epoch ms. */
  now: number
}

/** The key that signs user tokens: HKDF (RFC 5869) of the secret key, so that neither reveals the other. */
export const tokenKeyOf = (secretKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', 'softgate user token', 32))

const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')

/** The signature of a token's first two parts (RFC 7515, HS256). */
export const signatureOf = (signed: string, key: Buffer): string =>
  createHmac('sha256', key).update(signed).digest('base64url')

/**
 * Makes a user token (RFC 7519) without a call to the server.
 *
 * @throws RangeError when `expiresIn` is not from 1 to 900 seconds, or `cap` is none
 */
export function mintToken(input: MintInput): { token: string; expiresAt: string } {
  const { secretKey, account, user, may = [], cap, expiresIn = maxTokenSeconds, now } = input
  if (!(Number.isSafeInteger(expiresIn) && expiresIn >= 1 && expiresIn <= maxTokenSeconds))
    throw new RangeError(`expiresIn is ${expiresIn}; a user token lives 1 to ${maxTokenSeconds} seconds.`)
  const fault = cap === undefined ? null : faultOfCap(cap)
  if (fault !== null) throw new RangeError(fault)
  const iat = Math.floor(now / 1_000)
  const claims: TokenClaims = {
    aud: 'softgate',
    sub: user,
    account,
    may,
    ...(cap && { cap }),
    iat,
    exp: iat + expiresIn,
  }
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  const token = `${signed}.${signatureOf(signed, tokenKeyOf(secretKey))}`
  return { token, expiresAt: new Date(claims.exp * 1_000).toISOString() }
}

/** What is wrong with a cap, in a sentence; null when it can be kept. One that is not understood in full would bound too little. */
export function faultOfCap(cap: unknown): string | null {
  if (typeof cap !== 'object' || cap === null) return 'cap must be { amount, currency } and may have days.'
  const { amount, currency, days, ...others } = cap as Record<string, unknown>
  if (!(Number.isSafeInteger(amount) && Number(amount) >= 0))
    return `cap.amount is ${amount}; it must be a whole number of minor units, at least 0.`
  if (typeof currency !== 'string' || !/^[a-z]{3}$/.test(currency))
    return `cap.currency is ${currency}; it must be an ISO 4217 code in small letters.`
  if (days !== undefined && !(Number.isSafeInteger(days) && Number(days) >= 1 && Number(days) <= maxCapDays))
    return `cap.days is ${days}; it must be a whole number from 1 to ${maxCapDays}.`
  const [unknown] = Object.keys(others)
  return unknown === undefined ? null : `cap.${unknown} is not known; a cap has amount, currency and days.`
}

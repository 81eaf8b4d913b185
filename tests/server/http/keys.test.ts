import { mintToken, signatureOf, tokenKeyOf } from '@softgate/sdk/host'
import { describe, expect, it, test } from 'vitest'
import { createAuthenticator } from '../../../server/src/http/keys.ts'
import { createTestClock } from '../../support/clock.ts'
import { start } from '../samples.ts'

const oldKey = 'sg_live_abcdefghijklmnopqrstuvwx'
const newKey = 'sg_live_ABCDEFGHIJKLMNOPQRSTUVWX'
const open = (...keys: string[]) => {
  const clock = createTestClock(start)
  return { clock, authenticate: createAuthenticator(keys, clock) }
}
const tokenOf = (secretKey: string, now = start) => mintToken({ secretKey, account: 'acme', user: 'sam', now }).token
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = start / 1_000
const claims = { aud: 'softgate', sub: 'sam', account: 'acme', may: [], iat: now, exp: now + 900 }
/** A token that a host of another make has signed with the right key. */
const signed = (rest: object): string => {
  const text = `${part({ alg: 'HS256' })}.${part({ ...claims, ...rest })}`
  return `Bearer ${text}.${signatureOf(text, tokenKeyOf(newKey))}`
}

describe('the credentials of a server', () => {
  test.each([
    '',
    'hunter2',
    'sg_test_short',
    'sg_prod_abcdefghijklmnopqrstuvwx',
    `${oldKey} `,
    'sg_test_abcdefghijklmnopqrstuvw-',
  ])('do not begin with a key as weak as "%s", and the error does not show it', (key) => {
    const starting = () => createAuthenticator([oldKey, key], createTestClock(start))
    expect(starting).toThrow('at least 24 letters and digits')
    if (key !== '') expect(starting).not.toThrow(key.trim())
  })

  it('may be changed one after the other: while both are set, keys and tokens of both are good', () => {
    const both = open(oldKey, newKey).authenticate
    const renewed = open(newKey).authenticate
    const [first, second] = [oldKey, newKey].map((key) => both(`Bearer ${key}`))
    expect([first?.kind, second?.kind]).toEqual(['secret', 'secret'])
    expect(first).not.toEqual(second)
    for (const key of [oldKey, newKey])
      expect(both(`Bearer ${tokenOf(key)}`)).toMatchObject({ kind: 'user', account: 'acme' })
    for (const credential of [oldKey, tokenOf(oldKey)]) expect(() => renewed(`Bearer ${credential}`)).toThrow()
    expect(renewed(`Bearer ${tokenOf(newKey)}`)).toMatchObject({ user: 'sam' })
  })

  it('name a key without showing any of it', () => {
    const caller = open(oldKey).authenticate(`Bearer ${oldKey}`)
    expect(caller.kind === 'secret' && oldKey.includes(caller.key)).toBe(false)
  })
})

describe('a token', () => {
  it('says who, for which account, what it permits, and until when', () => {
    const { authenticate } = open(newKey)
    const cap = { amount: 5_000, currency: 'usd' }
    expect(authenticate(signed({ may: ['purchase'], cap }))).toEqual({
      kind: 'user',
      account: 'acme',
      user: 'sam',
      may: ['purchase'],
      cap,
      expiresAt: start + 900_000,
    })
    expect(authenticate(signed({}))).toMatchObject({ cap: null })
    expect(authenticate(signed({ cap: { ...cap, days: 30 } }))).toMatchObject({ cap: { ...cap, days: 30 } })
  })

  it('of a clock that runs up to a minute ahead is taken, and not of one further ahead', () => {
    const { authenticate } = open(newKey)
    expect(authenticate(signed({ iat: now + 60, exp: now + 900 }))).toMatchObject({ user: 'sam' })
    expect(() => authenticate(signed({ iat: now + 61, exp: now + 900 }))).toThrow('not from the future')
  })

  it('lives 900 seconds at most', () => {
    const { authenticate } = open(newKey)
    expect(() => authenticate(signed({ exp: now + 901 }))).toThrow('at most 900 seconds')
  })

  test.each<[string, object]>([
    ['a cap that is a mere number', { cap: 5_000 }],
    ['a cap without an amount', { cap: { currency: 'usd' } }],
    ['a cap whose amount is text', { cap: { amount: '5000', currency: 'usd' } }],
    ['a cap without a currency', { cap: { amount: 5_000 } }],
    ['a cap below nothing', { cap: { amount: -1, currency: 'usd' } }],
    ['a cap in a currency that no charge is in', { cap: { amount: 5_000, currency: 'USD' } }],
    ['a cap for no days', { cap: { amount: 5_000, currency: 'usd', days: 0 } }],
    ['a cap for half a day', { cap: { amount: 5_000, currency: 'usd', days: 0.5 } }],
    ['a cap for more than a year', { cap: { amount: 5_000, currency: 'usd', days: 367 } }],
    ['a cap with a period that is misspelt', { cap: { amount: 5_000, currency: 'usd', day: 30 } }],
    ['permissions that are no words', { may: [1] }],
    ['half a second', { exp: now + 0.5 }],
    ['no user', { sub: undefined }],
    ['several audiences', { aud: ['softgate'] }],
  ])('with %s is refused rather than half understood', (_, rest) => {
    expect(() => open(newKey).authenticate(signed(rest))).toThrow(expect.objectContaining({ code: 'unauthorized' }))
  })

  it('is known again, and still expires', async () => {
    const { authenticate, clock } = open(newKey)
    const token = signed({})
    expect(authenticate(token)).toBe(authenticate(token))
    await clock.advance(899_999)
    expect(authenticate(token)).toMatchObject({ user: 'sam' })
    await clock.advance(1)
    expect(() => authenticate(token)).toThrow(expect.objectContaining({ code: 'token_expired' }))
  })

  it('is checked again after more tokens than are remembered', () => {
    const { authenticate } = open(newKey)
    const [first, ...rest] = Array.from({ length: 10_050 }, (_, n) => signed({ sub: `user_${n}` }))
    for (const token of [first, ...rest]) authenticate(token)
    expect(authenticate(first)).toMatchObject({ user: 'user_0' })
  })
})

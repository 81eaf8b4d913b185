import { ApiError, invalid } from '../errors.ts'
import type { Raw } from './form.ts'

/** How one parameter is read. A `mandatory` one refuses the call when absent. */
export interface Field<T, M extends boolean = boolean> {
  readonly mandatory: M
  read(raw: Raw, path: string): T
}

/** The parameters an endpoint allows; any other name is refused as `parameter_unknown`. */
export type Shape = Readonly<Record<string, Field<unknown>>>

type ValueOf<F> = F extends Field<infer T, infer M> ? ([M] extends [true] ? T : T | undefined) : never

/** What reading a shape yields. */
export type Values<S extends Shape> = { readonly [K in keyof S]: ValueOf<S[K]> }

const field = <T>(read: (raw: Raw, path: string) => T): Field<T, false> => ({ mandatory: false, read })

const refuse = (what: string, path: string, code = 'parameter_invalid'): never => {
  throw invalid(`Invalid ${what}: ${path}`, { code, param: path })
}

const readText = (raw: Raw, path: string): string => (typeof raw === 'string' ? raw : refuse('string', path))

/** Text that is not empty; Stripe reads `''` as "unset" and refuses it where nothing can be unset. */
export const text = (): Field<string, false> =>
  field((raw, path) => readText(raw, path) || refuse('empty string', path, 'parameter_invalid_empty'))

/** A whole number, in decimal digits. */
export const integer = (): Field<number, false> =>
  field((raw, path) => {
    const digits = readText(raw, path)
    const value = Number(digits)
    return /^-?\d+$/.test(digits) && Number.isSafeInteger(value)
      ? value
      : refuse('integer', path, 'parameter_invalid_integer')
  })

/** A whole number that is not negative. */
export const whole = (): Field<number, false> =>
  field((raw, path) => {
    const value = integer().read(raw, path)
    if (value >= 0) return value
    throw invalid('This value must be greater than or equal to 0.', { code: 'parameter_invalid_integer', param: path })
  })

/** A decimal number, kept as it was written. */
export const decimal = (): Field<string, false> =>
  field((raw, path) => {
    const digits = readText(raw, path)
    return /^-?\d+(\.\d{1,12})?$/.test(digits) ? digits : refuse('decimal', path)
  })

/** A three-letter ISO currency code, in lower case. */
export const currencyCode = (): Field<string, false> =>
  field((raw, path) => {
    const code = readText(raw, path).toLowerCase()
    if (/^[a-z]{3}$/.test(code)) return code
    throw invalid(`Invalid currency: ${code}`, { param: path })
  })

/** `true` or `false`. */
export const flag = (): Field<boolean, false> =>
  field((raw, path) => {
    const word = readText(raw, path)
    return word === 'true' || word === 'false' ? word === 'true' : refuse('boolean', path)
  })

/** One of the given words. */
export const oneOf = <const W extends string>(...words: readonly W[]): Field<W, false> =>
  field((raw, path) => {
    const word = readText(raw, path)
    const known = words.find((candidate) => candidate === word)
    if (known !== undefined) return known
    throw invalid(`Invalid ${path}: must be one of ${words.join(', ')}`, { param: path })
  })

/** The first that can be read, else the refusal of the last. */
export const either = <A, B>(first: Field<A>, last: Field<B>): Field<A | B, false> =>
  field((raw, path) => {
    try {
      return first.read(raw, path)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return last.read(raw, path)
    }
  })

/** Text by free names; `''` as a value removes that name. */
export const metadata = (): Field<Readonly<Record<string, string>>, false> =>
  field((raw, path) => {
    if (typeof raw === 'string') return raw === '' ? {} : refuse('hash', path, 'parameter_invalid_hash')
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, readText(value, `${path}[${key}]`)]))
  })

/** Values of one kind by free names. */
export const record = <T>(member: Field<T>): Field<Readonly<Record<string, T>>, false> =>
  field((raw, path) => {
    if (typeof raw === 'string') return refuse('hash', path, 'parameter_invalid_hash')
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, member.read(value, `${path}[${key}]`)]))
  })

/** An array, whose members came as `[0]`, `[1]`… */
export const list = <T>(member: Field<T>): Field<readonly T[], false> =>
  field((raw, path) => {
    if (typeof raw === 'string') return refuse('array', path, 'parameter_invalid_array')
    const keys = Object.keys(raw).sort((a, b) => Number(a) - Number(b))
    return keys.map((key) => member.read(raw[key] ?? '', `${path}[${key}]`))
  })

/** `''` clears the value: read as null. */
export const clearable = <T>(inner: Field<T>): Field<T | null, false> =>
  field((raw, path) => (raw === '' ? null : inner.read(raw, path)))

/** The same field, refused when absent. */
export const required = <T>(inner: Field<T>): Field<T, true> => ({ mandatory: true, read: inner.read })

/** Nested parameters. */
export const object = <S extends Shape>(shape: S): Field<Values<S>, false> =>
  field((raw, path) => readShape(shape, raw, path))

/** A number, or bounds on it: `created=5` or `created[gte]=5`. Yields the test. */
export const range = (): Field<(value: number) => boolean, false> =>
  field((raw, path) => {
    if (typeof raw === 'string') {
      const exact = integer().read(raw, path)
      return (value) => value === exact
    }
    const bounds = readShape({ gt: integer(), gte: integer(), lt: integer(), lte: integer() }, raw, path)
    return (value) =>
      (bounds.gt === undefined || value > bounds.gt) &&
      (bounds.gte === undefined || value >= bounds.gte) &&
      (bounds.lt === undefined || value < bounds.lt) &&
      (bounds.lte === undefined || value <= bounds.lte)
  })

/** Reads every allowed parameter and refuses the others. `path` is empty at the top. */
export function readShape<S extends Shape>(shape: S, raw: Raw, path = ''): Values<S> {
  if (typeof raw === 'string') return refuse('hash', path, 'parameter_invalid_hash')
  const nameOf = (key: string): string => (path ? `${path}[${key}]` : key)
  for (const key of Object.keys(raw)) {
    if (Object.hasOwn(shape, key)) continue
    const param = nameOf(key)
    throw invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param })
  }
  const values = Object.entries(shape).map(([key, member]) => {
    const given = raw[key]
    if (given !== undefined) return [key, member.read(given, nameOf(key))]
    if (!member.mandatory) return [key, undefined]
    throw invalid(`Missing required param: ${nameOf(key)}.`, { code: 'parameter_missing', param: nameOf(key) })
  })
  return Object.fromEntries(values) as Values<S>
}

/** Merges metadata as Stripe does: given names win, names given as `''` go. */
export function mergeMetadata(
  before: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> | null | undefined,
): Readonly<Record<string, string>> {
  if (given === undefined) return before
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''))
}

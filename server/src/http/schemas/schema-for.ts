import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Flat<T> = T extends (infer U)[] ? Flat<U>[] : T extends object ? { [K in keyof T]: Flat<T[K]> } : T

/**
 * Proves at compile time that a schema is exactly an interface of the contract: an extra field, a missing one, or an
 * optional that lets undefined in does not compile. `satisfies` would let a missing optional pass.
 */
export const schemaFor =
  <T>() =>
  <S extends z.ZodType<T>>(
    schema: S &
      (Same<Flat<z.output<S>>, Flat<T>> extends true ? unknown : { 'the schema has drifted from the contract': never }),
  ): z.ZodType<T> =>
    schema

/** Names made by the host: any text without white space or control characters. */
export const id = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s\p{Cc}\p{Cs}]+$/u, 'must have no white space or control characters')

/** No control characters and no half of a surrogate pair: PostgreSQL cannot store all of them, and one would fail its commit. */
const storable = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u

export const text = (max: number) =>
  z.string().min(1).max(max).regex(storable, 'must be well-formed text without control characters')

/** The most units that one call may name: far above any real use, far below where integers lose their exactness. */
export const maxUnits = 1_000_000_000_000

/** A number of units: whole, at least 1. */
export const quantity = z.int().min(1).max(maxUnits)

export const scalar = z.union([
  z.string().max(1_000).regex(storable, 'must be well-formed text without control characters'),
  z.number(),
  z.boolean(),
  z.null(),
])

const factKey = z
  .string()
  .max(64)
  .regex(/^(?!__proto__$)[^\p{Cc}\p{Cs}]+$/u, 'must be a name')

/** Free facts: at most 100 keys, each with one scalar, so that nothing can nest. The bound is told to compiled checks too. */
export const facts = z
  .record(factKey, scalar)
  .meta({ maxProperties: 100 })
  .refine((value) => Object.keys(value).length <= 100, 'must have at most 100 keys')
  .refine((value) => !Object.hasOwn(value, '__proto__'), 'must not have a key __proto__')

export const instant = z.iso.datetime({ offset: true })

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { accountInput } from '../../../server/src/http/schemas/accounts.ts'
import { checkInput, consumeInput, eventInput } from '../../../server/src/http/schemas/usage.ts'
import { compile, parse } from '../../../server/src/http/validate.ts'
import type { ProblemError } from '../../../server/src/kernel/problem.ts'

const errorsOf = (run: () => unknown) => {
  try {
    run()
    return null
  } catch (error) {
    return (error as ProblemError).errors
  }
}

describe('a check of a request', () => {
  it('lists every fault with its place', () => {
    const found = errorsOf(() =>
      parse(accountInput, { name: 7, contractValue: -1, facts: { a: { b: 1 } }, surprise: true }),
    )
    expect(found?.map(({ path }) => path).sort()).toEqual(['body', 'contractValue', 'facts.a', 'name'])
  })

  it('names a place inside a list', () => {
    const schema = z.strictObject({ events: z.array(z.strictObject({ value: z.int() })) })
    expect(errorsOf(() => parse(schema, { events: [{ value: 1 }, { value: 'x' }] }))?.[0]?.path).toBe('events[1].value')
  })

  it('names the field of a compiled one that is too much, missing or wrong', () => {
    const { faultOf, assert } = compile(consumeInput)
    const good = { id: 'c1', account: 'acme', feature: 'exports' }
    expect([faultOf(good), assert(good)]).toEqual([null, good])
    expect(faultOf({ ...good, surprise: 1 })).toContain('(surprise)')
    expect(faultOf({ id: 'c1', account: 'acme' })).toContain("'feature'")
    expect(faultOf({ ...good, quantity: 0 })).toMatch(/^quantity: /)
    expect(faultOf('x')).toMatch(/^body: /)
    expect(errorsOf(() => assert({ ...good, quantity: 1.5 }))).toEqual([
      { path: 'quantity', detail: 'must be integer' },
    ])
  })

  it('lets no fact under the name of a prototype in', () => {
    const properties = JSON.parse('{"__proto__":{"allowed":true},"a":1}')
    expect(compile(eventInput).is({ id: 'e1', name: 'x', time: '2027-03-12T14:00:00Z', properties })).toBe(false)
    const { facts } = parse(accountInput, { facts: JSON.parse('{"__proto__":1,"a":1}') })
    expect([Object.entries(facts ?? {}), Object.hasOwn(Object.prototype, 'allowed')]).toEqual([[['a', 1]], false])
  })

  it('measures texts alike: an emoji is one letter', () => {
    const event = (faces: number) => ({ id: 'e1', name: '\u{1f600}'.repeat(faces), time: '2027-03-12T14:00:00Z' })
    for (const faces of [100, 101])
      expect([faces, compile(eventInput).is(event(faces)), eventInput.safeParse(event(faces)).success]).toEqual([
        faces,
        faces === 100,
        faces === 100,
      ])
  })

  it('says the same whether it is compiled or not', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        'a b',
        'x'.repeat(40),
        'x'.repeat(41),
        'x'.repeat(101),
        'x'.repeat(129),
        '\0',
        '\ud800',
        '😀'.repeat(60),
      ),
      fc.string(),
    )
    const number = fc.oneof(fc.constantFrom(-1, 0, 1, 0.5, 1e12, 1e12 + 1, 1e300, -0), fc.integer())
    const wrong = fc.constantFrom<unknown>(null, true, [], {}, 'x', 3)
    const facts = fc.oneof(
      fc.dictionary(
        word.filter((key) => key !== '__proto__'),
        fc.oneof(word, number, wrong),
        { maxKeys: 3 },
      ),
      fc
        .constantFrom(100, 101)
        .map((count) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))),
    )
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.option(fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: wrong }), { nil: undefined, freq: 3 })
    const body = fc.record({
      id: maybe(word),
      account: maybe(word),
      user: maybe(word),
      name: maybe(word),
      feature: maybe(word),
      value: maybe(number),
      set: maybe(number),
      quantity: maybe(number),
      time: fc.constantFrom(undefined, '2027-03-12T14:00:00Z'),
      properties: maybe(facts),
    })
    for (const schema of [checkInput, consumeInput, eventInput]) {
      const { is } = compile<unknown>(schema)
      const known = Object.keys((schema as unknown as { shape: object }).shape)
      fc.assert(
        fc.property(body, fc.boolean(), (fields, strict) => {
          const entries = Object.entries(fields).filter(
            ([key, value]) => value !== undefined && (!strict || known.includes(key)),
          )
          const value = JSON.parse(JSON.stringify(Object.fromEntries(entries)))
          expect(is(value)).toBe(schema.safeParse(value).success)
        }),
        { numRuns: 500 },
      )
    }
  })
})

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { z } from 'zod'
import { ProblemError } from '../kernel/problem.ts'

const fault = (path: string, detail: string) => ({ path: path === '' ? 'body' : path, detail })

const refused = (errors: { path: string; detail: string }[]): ProblemError => {
  const [first] = errors
  return new ProblemError('invalid_request', `${first?.path ?? 'body'}: ${first?.detail ?? 'does not fit'}`, { errors })
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('')

/** Checks a value against a schema; every fault is listed. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw refused(result.error.issues.map((issue) => fault(pathOf(issue.path), issue.message)))
}

/** A check that is compiled once, for the routes where a millisecond is a thousand requests. */
export type Validate<T> = (value: unknown) => value is T

/**
 * Compiles a schema of the cold routes for a hot one, so that both say the same. Formats are left to the code behind. It is
 * compiled when the first value comes, which would otherwise be half of a server's start.
 */
export function compile<T>(schema: z.ZodType<T>): {
  is: Validate<T>
  assert(value: unknown): T
  faultOf(value: unknown): string | null
} {
  let compiled: ValidateFunction<T> | undefined
  const compileNow = (): ValidateFunction<T> => {
    // Zod made the schema: to check it too would take longer than to compile it.
    const ajv = new Ajv({
      strict: false,
      validateFormats: false,
      useDefaults: false,
      meta: false,
      validateSchema: false,
      verbose: true,
    })
    return ajv.compile<T>(z.toJSONSchema(schema, { target: 'draft-7', unrepresentable: 'any' }))
  }
  const is: Validate<T> = (value) => {
    compiled ??= compileNow()
    return compiled(value)
  }
  const describe = (error: ErrorObject | undefined): { path: string; detail: string } => {
    const isTime = error?.keyword === 'pattern' && error.parentSchema?.format === 'date-time'
    const extra = error?.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : ''
    return fault(
      (error?.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.'),
      isTime ? 'must be an RFC 3339 instant' : `${error?.message ?? 'does not fit'}${extra}`,
    )
  }
  return {
    is,
    assert(value) {
      if (is(value)) return value
      throw refused([describe(compiled?.errors?.[0])])
    },
    faultOf(value) {
      if (is(value)) return null
      const { path, detail } = describe(compiled?.errors?.[0])
      return `${path}: ${detail}`
    },
  }
}

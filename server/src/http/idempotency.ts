import { createHash } from 'node:crypto'
import type { Context } from '../flows/context.ts'
import { ProblemError } from '../kernel/problem.ts'

export interface KeyedRequest {
  /** Whose key it is: the same key of another account or caller is another key. */
  scope: string
  key: string
  /** Route, parameters and body: the key stands for exactly this. */
  request: string
}

/** Runs a request once for its key; a repeat gets the first reply. */
export type KeepReplies = (
  request: KeyedRequest,
  run: () => Promise<string>,
) => Promise<{ json: string; replayed: boolean }>

/** After this long a claim without a reply belongs to a process that died; the request, safe to repeat, runs again. */
const claimMs = 120_000

/**
 * `Idempotency-Key` as Stripe has it: the same request gets the first reply again, another one under the same key is
 * refused. Only successes are kept, as a failure has changed nothing and may be tried again under its key.
 */
export function createKeepReplies({ database, clock }: Pick<Context, 'database' | 'clock'>): KeepReplies {
  return async ({ scope, key, request }, run) => {
    if (key.length === 0 || key.length > 255)
      throw new ProblemError('invalid_request', 'The Idempotency-Key must have 1 to 255 characters.')
    const digest = createHash('sha256').update(request).digest('base64url')
    const claim = () =>
      database.transaction(scope, async ({ idempotency }) => {
        const earlier = await idempotency.claim(scope, key, digest, clock.now())
        if (!earlier || earlier.status !== null || earlier.at + claimMs > clock.now() || earlier.request !== digest)
          return earlier
        await idempotency.release(scope, key)
        return idempotency.claim(scope, key, digest, clock.now())
      })
    const earlier = await claim()
    if (earlier && earlier.request !== digest)
      throw new ProblemError(
        'idempotency_key_reused',
        'This Idempotency-Key was used with another request. Use a new one for each.',
      )
    if (earlier && earlier.body !== null) return { json: earlier.body, replayed: true }
    if (earlier)
      throw new ProblemError(
        'idempotency_key_in_use',
        'The first request with this Idempotency-Key is still under way.',
      )
    try {
      const json = await run()
      await database.transaction(scope, ({ idempotency }) => idempotency.keep(scope, key, { status: 200, body: json }))
      return { json, replayed: false }
    } catch (error) {
      await database.transaction(scope, ({ idempotency }) => idempotency.release(scope, key))
      throw error
    }
  }
}

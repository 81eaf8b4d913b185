import { createHash } from 'node:crypto'
import { ApiError, toErrorJson } from '../errors.ts'
import { recordEntry } from '../state/journal.ts'
import type { World } from '../state/world.ts'
import { expand } from './expand.ts'
import type { FaultKind } from './faults.ts'
import { canonical, type RawObject } from './form.ts'
import type { JsonObject } from './json.ts'
import type { ReadCall, Route } from './route.ts'

/** How long the first answer to an idempotency key is repeated: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIVES_MS = 24 * 3600 * 1000

/** A request that arrived whole. */
export interface Arrived {
  readonly method: string
  readonly path: string
  /** The id in the path, or `''`. */
  readonly id: string
  /** The one behind it, or `''`. */
  readonly inner: string
  readonly raw: RawObject
  readonly key: string | null
  readonly requestId: string
  readonly fault: FaultKind | null
}

/** What is answered. */
export interface Answer {
  readonly status: number
  readonly body: JsonObject
  readonly replayed: boolean
}

export const SERVER_ERROR: Answer = {
  status: 500,
  body: toErrorJson({ type: 'api_error', message: 'An error occurred in the sandbox, as it was asked to.' }),
  replayed: false,
}

/** Turns a refusal into an answer; anything else is a defect and goes on. */
export function refusal(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: toErrorJson(error.body), replayed: false }
  throw error
}

/**
 * Executes a request without awaiting, so that no other comes between. The effect, the answer under its
 * idempotency key and the journal are stored as one; what was not stored did not happen.
 */
export function execute(world: World, route: Route, arrived: Arrived): Answer {
  const hash = hashOf(arrived)
  const earlier = earlierAnswer(world, arrived, hash)
  if (earlier) return written(world, arrived, earlier)
  world.asker = { id: arrived.requestId, idempotency_key: arrived.key }
  try {
    return perform(world, route.read(arrived.raw), arrived, hash)
  } catch (error) {
    const answer = sealed(refusal(error), arrived)
    // What the endpoint never began (a refused parameter) may be tried again under the same key.
    const remembered = error instanceof ApiError && error.status === 402
    return written(world, arrived, answer, remembered ? hash : null)
  } finally {
    world.asker = { id: null, idempotency_key: null }
  }
}

function perform(world: World, call: ReadCall, arrived: Arrived, hash: string): Answer {
  return world.store.commit(() => {
    const answer = sealed(run(world, call, arrived), arrived)
    return written(world, arrived, answer, hash)
  })
}

function run(world: World, call: ReadCall, arrived: Arrived): Answer {
  try {
    const body = expand(world, call.run(world, arrived.id, arrived.inner), call.expand)
    return { status: 200, body, replayed: false }
  } catch (error) {
    // A declined payment is an answer with effects: they are stored together with it.
    if (error instanceof ApiError && error.keepsEffects) return refusal(error)
    throw error
  }
}

const sealed = (answer: Answer, { fault }: Arrived): Answer => (fault === 'error_500_after' ? SERVER_ERROR : answer)

/** Writes down the request and, given a hash, the answer under its key. */
export function written(world: World, arrived: Arrived, answer: Answer, hash: string | null = null): Answer {
  const { method, path, key, fault } = arrived
  if (method === 'GET') return answer
  const write = (): void => {
    recordEntry(world, {
      kind: 'request',
      at: world.now(),
      method,
      path,
      idempotencyKey: key,
      status: answer.status,
      replayed: answer.replayed,
      fault,
    })
    if (!key || hash === null) return
    world.store.put('idempotency', {
      id: key,
      hash,
      status: answer.status,
      body: answer.body,
      storedAt: world.now(),
    })
  }
  world.store.commit(write)
  return answer
}

function earlierAnswer(world: World, { key, path }: Arrived, hash: string): Answer | null {
  const stored = key ? world.store.get('idempotency', key) : undefined
  if (!stored || stored.storedAt + KEY_LIVES_MS < world.now()) return null
  if (stored.hash === hash) return { status: stored.status, body: stored.body, replayed: true }
  const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request (${path}).`
  return { status: 400, body: toErrorJson({ type: 'idempotency_error', message }), replayed: false }
}

const hashOf = ({ method, path, raw }: Arrived): string =>
  createHash('sha256')
    .update(`${method} ${path} ${canonical(raw)}`)
    .digest('hex')

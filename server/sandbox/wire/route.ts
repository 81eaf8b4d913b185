import type { World } from '../state/world.ts'
import type { RawObject } from './form.ts'
import type { JsonObject } from './json.ts'
import { list, readShape, type Shape, text, type Values } from './params.ts'

/** One call of an endpoint: its parameters and the ids of its path. */
export interface Call<P> {
  readonly world: World
  readonly params: P
  /** The first id in the path, or `''`. */
  readonly id: string
  /** The one behind it, named `:inner`, or `''`. */
  readonly inner: string
}

/** A call whose parameters were read; running it is what Stripe calls "the endpoint began executing". */
export interface ReadCall {
  readonly expand: readonly string[]
  run(world: World, id: string, inner: string): JsonObject
}

/** An endpoint. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `:id` and `:inner` for ids, as Hono has it. */
  readonly path: string
  read(raw: RawObject): ReadCall
}

/** Describes an endpoint: where it is, what it allows (`expand` always), and what it does, without awaiting. */
export function route<S extends Shape>(
  method: Route['method'],
  path: string,
  shape: S,
  run: (call: Call<Values<S>>) => JsonObject,
): Route {
  const expandShape = { expand: list(text()) }
  return {
    method,
    path,
    read: (raw) => {
      const { expand, ...own } = raw
      const asked = readShape(expandShape, expand === undefined ? {} : { expand })
      const params = readShape(shape, own)
      return { expand: asked.expand ?? [], run: (world, id, inner) => run({ world, params, id, inner }) }
    },
  }
}

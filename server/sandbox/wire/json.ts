/** Anything that may travel in a response. */
export type Json = string | number | boolean | null | Json[] | JsonObject

/** An object of the wire. */
export interface JsonObject {
  [key: string]: Json
}

/** True for an object that is neither null nor an array. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A deep copy without `undefined` members: what a reader of the wire will see. */
export const toJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value))

/** The members of `before` that `after` changed, nested objects compared member by member. */
export function changedMembers(before: JsonObject, after: JsonObject): JsonObject {
  const changed: JsonObject = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[key] ?? null
    const is = after[key] ?? null
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    changed[key] = isObject(was) && isObject(is) ? changedMembers(was, is) : was
  }
  return changed
}

import { CONSTANTS } from './constants/index.ts'
import { type Json, type JsonObject, toJson } from './json.ts'

/** How many members a list inside another object shows before `has_more`. */
const INLINE_LIMIT = 10

/** An object with the members that never vary. */
export const complete = (kind: string, members: object): JsonObject => toJson({ ...CONSTANTS[kind], ...members })

/** A list inside an object: its first members and where the rest is. */
export const inlineList = (url: string, members: readonly Json[], limit = INLINE_LIMIT): JsonObject => ({
  object: 'list',
  data: members.slice(0, limit),
  has_more: members.length > limit,
  url,
})

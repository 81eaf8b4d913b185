import { invalid, missing } from '../errors.ts'
import type { JsonObject } from './json.ts'
import { integer, text } from './params.ts'

/** The parameters of every list: https://docs.stripe.com/api/pagination */
export const LIST_PARAMS = { limit: integer(), starting_after: text(), ending_before: text() }

/** Which page of a list is wanted. */
export interface PageRequest {
  readonly limit: number | undefined
  readonly starting_after: string | undefined
  readonly ending_before: string | undefined
}

const USUAL_LIMIT = 10
const MOST = 100

/** One page of `records`, which come in the order they are shown in. */
export function page<R extends { readonly id: string }>(
  url: string,
  records: readonly R[],
  request: PageRequest,
  show: (record: R) => JsonObject,
): JsonObject {
  const limit = request.limit ?? USUAL_LIMIT
  if (limit < 1 || limit > MOST) {
    throw invalid(`This value must be between 1 and ${MOST} (inclusive).`, { param: 'limit' })
  }
  const { from, to } = cut(records, request, limit)
  const more = request.ending_before === undefined ? to < records.length : from > 0
  return { object: 'list', data: records.slice(from, to).map(show), has_more: more, url }
}

function cut(
  records: readonly { readonly id: string }[],
  { starting_after, ending_before }: PageRequest,
  limit: number,
): { readonly from: number; readonly to: number } {
  const place = (id: string, param: string): number => {
    const index = records.findIndex((record) => record.id === id)
    if (index < 0) throw missing('object', id, param)
    return index
  }
  if (ending_before !== undefined) {
    const to = place(ending_before, 'ending_before')
    return { from: Math.max(0, to - limit), to }
  }
  const from = starting_after === undefined ? 0 : place(starting_after, 'starting_after') + 1
  return { from, to: Math.min(records.length, from + limit) }
}

import { invalid } from '../errors.ts'
import type { JsonObject } from './json.ts'
import { integer, required, text } from './params.ts'

/** The parameters of every search: https://docs.stripe.com/api/pagination/search */
export const SEARCH_PARAMS = { query: required(text()), limit: integer(), page: text() }

interface Marked {
  readonly metadata: Readonly<Record<string, string>>
}

const CLAUSE = /^(-?)(?:metadata\["([^"]+)"\]|(\w+)):(?:"([^"]*)"|(null))$/

/**
 * Reads a query of clauses joined by AND: a field or `metadata["key"]`, a colon, and a text in quotes or null; a minus before it
 * negates. Other operators are refused. https://docs.stripe.com/search#search-query-language
 */
export function readQuery<R extends Marked>(
  query: string,
  fields: Readonly<Record<string, (record: R) => string | null>>,
): (record: R) => boolean {
  const tests = query.split(/ AND /i).map((clause) => {
    const [, not, key, name = '', value] = CLAUSE.exec(clause.trim()) ?? []
    const read = key === undefined ? fields[name] : ({ metadata }: R) => metadata[key] ?? null
    if (not === undefined || !read)
      throw invalid(`We were unable to parse your search query: "${clause}".`, { param: 'query' })
    return (record: R) => (read(record) === (value ?? null)) !== (not === '-')
  })
  return (record) => tests.every((test) => test(record))
}

/** One page of what was found; `page` is the place it begins at. */
export function searchPage<R>(
  url: string,
  found: readonly R[],
  { limit = 10, page = '0' }: { readonly limit: number | undefined; readonly page: string | undefined },
  show: (record: R) => JsonObject,
): JsonObject {
  if (limit < 1 || limit > 100) throw invalid('This value must be between 1 and 100 (inclusive).', { param: 'limit' })
  const from = Number(page)
  const to = from + limit
  const more = to < found.length
  return {
    object: 'search_result',
    data: found.slice(from, to).map(show),
    has_more: more,
    next_page: more ? String(to) : null,
    url,
  }
}

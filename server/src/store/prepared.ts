/** The most queries of one kind that are kept. */
const most = 100

/**
 * Keeps queries of one kind by the text that tells them apart: drizzle takes longer to write one than the database to answer it.
 */
export function keepQueries<Input, Query>(
  make: (input: Input, name: string) => Query,
  textOf: (input: Input) => string,
): (input: Input) => Query {
  const kept = new Map<string, Query>()
  return (input) => {
    const name = textOf(input)
    const known = kept.get(name)
    if (known) return known
    if (kept.size >= most) kept.clear()
    const made = make(input, name)
    kept.set(name, made)
    return made
  }
}

/** Keeps a query from when it is first asked for. */
export function keepQuery<Query>(make: () => Query): () => Query {
  let kept: Query | undefined
  return () => (kept ??= make())
}

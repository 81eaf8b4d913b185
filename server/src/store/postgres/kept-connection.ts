import type pg from 'pg'

type Query = <R extends pg.QueryResultRow>(query: pg.QueryConfig) => Promise<pg.QueryResult<R>>

/**
 * A connection for what is asked again and again, which with one from the pool for each query costs an eighth more: in turn
 * they are of processes of the database whose memory has gone cold.
 */
export interface KeptConnection {
  query: Query
  /** Gives it back to the pool; for when nothing is asked any more. */
  release(): Promise<void>
}

/** Takes a connection from the pool when first asked, and another one once that breaks. */
export function keepConnection(pool: pg.Pool): KeptConnection {
  let kept: Promise<pg.PoolClient> | null = null
  const isBroken = (): void => {
    giveBack(true)
  }
  const giveBack = async (broken: boolean): Promise<void> => {
    const taken = kept
    kept = null
    const client = await taken?.catch(() => null)
    client?.off('error', isBroken)
    client?.release(broken)
  }
  const take = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect()
    client.on('error', isBroken)
    return client
  }
  const connection = (): Promise<pg.PoolClient> => {
    if (kept) return kept
    const taken = take()
    taken.catch(() => {
      kept = null
    })
    kept = taken
    return taken
  }

  return {
    query: async (query) => (await connection()).query(query),
    release: () => giveBack(false),
  }
}

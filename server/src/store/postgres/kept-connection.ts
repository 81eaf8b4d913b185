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

/** What batches are written on: most on the one that is kept, the others on any. */
export interface Connections {
  pool: pg.Pool
  kept: KeptConnection
}

interface Taken {
  client: pg.PoolClient
  giveBack(): void
}

/** Takes a connection from the pool when first asked, and another one once that breaks. */
export function keepConnection(pool: pg.Pool): KeptConnection {
  let kept: Promise<Taken> | null = null
  const forget = (): void => {
    kept = null
  }
  const take = async (): Promise<Taken> => {
    const client = await pool.connect()
    const drop = (): void => {
      forget()
      client.release(true)
    }
    client.once('error', drop)
    return {
      client,
      giveBack() {
        client.off('error', drop)
        client.release()
      },
    }
  }

  return {
    async query(query) {
      if (!kept) {
        kept = take()
        kept.catch(forget)
      }
      const { client } = await kept
      return client.query(query)
    },
    async release() {
      const taken = await kept?.catch(() => null)
      // It may have broken meanwhile.
      if (kept) taken?.giveBack()
      forget()
    },
  }
}

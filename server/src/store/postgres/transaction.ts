import type pg from 'pg'

/** Takes what a transaction need not wait for before its commit. */
export type Last = (query: Promise<unknown>) => void

/**
 * Runs `work` in one transaction on a connection of its own. Statements that wait for no answer share a journey: the first one
 * goes with the beginning, those given to `last` with the commit.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, last: Last) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  const ending: Promise<unknown>[] = []
  const last: Last = (query) => {
    query.catch(() => {}) // told below
    ending.push(query)
  }
  try {
    const [, result] = await Promise.all([client.query('begin'), work(client, last)])
    // After a failure the commit only rolls back.
    await Promise.all([...ending, client.query('commit')])
    client.release()
    return result
  } catch (error) {
    // Where even this fails, the connection is broken: it is not used again, and the server rolls back.
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    )
    throw error
  }
}

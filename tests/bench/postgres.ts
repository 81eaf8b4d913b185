import pg from 'pg'
import { startPostgres } from '../support/postgres-server.ts'

/** Runs `work` on an empty database that keeps what it says it keeps: `fsync` is on, as it is for whoever uses it. */
export async function withPostgres<T>(work: (database: string) => Promise<T>): Promise<T> {
  const given = process.env.SOFTGATE_PG_URL
  const { url, stop } = given ? { url: given, stop: async () => {} } : await startPostgres(['-c', 'fsync=on'])
  const name = `softgate_bench_${process.pid}`
  const server = new pg.Client({ connectionString: url })
  try {
    await server.connect()
    await server.query(`create database ${name}`)
    const database = new URL(url)
    database.pathname = `/${name}`
    return await work(database.href)
  } finally {
    await server.query(`drop database if exists ${name} with (force)`).catch(() => {})
    await server.end().catch(() => {})
    await stop()
  }
}

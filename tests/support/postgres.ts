import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { cleanup } from './cleanup.ts'
import { startPostgres } from './postgres-server.ts'

let count = 0

/** The URL of a new, empty PostgreSQL database that is dropped when the test ends. */
export const freshPostgres = (): Promise<string> => createOn(inject('postgresUrl'))

/**
 * The URL of a new, empty PostgreSQL database whose files lie in `folder`. It is on a server of its own: one that
 * cannot write its files refuses the checkpoints that other databases need when they are dropped.
 */
export async function freshPostgresIn(folder: string): Promise<string> {
  const { url, stop } = await startPostgres(['-c', 'fsync=off'])
  cleanup(stop)
  const { uid, gid } = statSync(await onServer(url, 'show data_directory'))
  chmodSync(dirname(folder), 0o755) // the server runs under a user of its own, who has to get in
  chownSync(folder, uid, gid)
  const own = join(folder, 'postgres')
  mkdirSync(own)
  chownSync(own, uid, gid)
  await onServer(url, `create tablespace small location '${own}'`)
  return createOn(url, 'tablespace small')
}

async function createOn(server: string, place = ''): Promise<string> {
  const name = `softgate_test_${process.pid}_${++count}`
  await onServer(server, `create database ${name} ${place}`)
  cleanup(() => onServer(server, `drop database if exists ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Runs a statement and gives the first value of what it answers. */
async function onServer(server: string, statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    const { rows } = await client.query({ text: statement, rowMode: 'array' })
    return String(rows?.[0]?.[0] ?? '')
  } finally {
    await client.end()
  }
}

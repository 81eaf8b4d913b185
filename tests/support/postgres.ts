import pg from 'pg'
import { inject } from 'vitest'
import { cleanup } from './cleanup.ts'

let count = 0

/** The URL of a new, empty PostgreSQL database that is dropped when the test ends. */
export async function freshPostgres(): Promise<string> {
  const server = inject('postgresUrl')
  const name = `softgate_test_${process.pid}_${++count}`
  await onServer(server, `create database ${name}`)
  cleanup(() => onServer(server, `drop database if exists ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { cleanup } from './cleanup.ts'

let count = 0

/** The URL of a new, empty PostgreSQL database that is dropped when the test ends; its files lie in `folder` where one is given. */
export async function freshPostgres(folder?: string): Promise<string> {
  const server = inject('postgresUrl')
  const name = `softgate_test_${process.pid}_${++count}`
  const space = folder === undefined ? '' : ` tablespace ${await makeSpace(server, name, folder)}`
  await onServer(server, `create database ${name}${space}`)
  cleanup(() => onServer(server, `drop database if exists ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Lets a server on this machine keep files in a folder. */
async function makeSpace(server: string, name: string, folder: string): Promise<string> {
  const { uid, gid } = statSync(await onServer(server, 'show data_directory'))
  chmodSync(dirname(folder), 0o755) // it runs under a user of its own, who has to get in
  chownSync(folder, uid, gid)
  const own = join(folder, 'postgres')
  mkdirSync(own)
  chownSync(own, uid, gid)
  await onServer(server, `create tablespace ${name} location '${own}'`)
  cleanup(() => onServer(server, `drop tablespace ${name}`))
  return name
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

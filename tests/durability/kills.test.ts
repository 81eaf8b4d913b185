import { expect, test } from 'vitest'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { checkFile, createClient, startOn } from './client.ts'

/** A hundred and more on demand. */
const kills = Number(process.env.SOFTGATE_KILLS ?? 5)
/** Acknowledged batches before each kill: from the very first to well into full load. */
const moments = [1, 60, 7, 200, 25, 120]

/** Kills the server under load again and again; each next one is held to what the client was told. */
async function killOften(database: string): Promise<void> {
  let server = await startOn(database)
  const client = await createClient(server)
  for (let kill = 0; kill < kills; kill++) {
    const before = client.acknowledged
    await client.pour(server, moments[kill % moments.length] ?? 1, () => server.kill())
    expect(client.acknowledged).toBeGreaterThan(before)
    server = await startOn(database)
    await client.judge(server)
  }
  await server.kill()
}

test(
  'SQLite: killed again and again under load, nothing acknowledged is lost and nothing counts twice',
  async () => {
    const file = freshSqlite()
    await killOften(file)
    checkFile(file)
  },
  60_000 + kills * 20_000,
)

test(
  'PostgreSQL: killed again and again under load, nothing acknowledged is lost and nothing counts twice',
  async () => {
    await killOften(await freshPostgres())
  },
  60_000 + kills * 20_000,
)

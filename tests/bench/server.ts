import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { v8Flag } from '../../server/cli/v8-flag.ts'
import type { Cpu } from './pair.ts'

const script = fileURLToPath(new URL('./server-process.ts', import.meta.url))
const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href

/** A server in a process of its own, so that measuring costs it nothing. */
export interface Server {
  url: string
  secretKey: string
  stop(): Promise<void>
}

/** `bare` is Hono alone; `softgate` a real server on a SQLite file, or on the given PostgreSQL. */
export async function startServer(kind: 'bare' | 'softgate', database = ''): Promise<Server> {
  const child = spawn(
    process.execPath,
    [v8Flag, '--conditions=softgate-source', `--import=${typescript}`, script, kind, database],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)))
    exited.then(() => reject(new Error(`the ${kind} server ended before it was ready`)))
  })
  return {
    ...(JSON.parse(line) as { url: string; secretKey: string }),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Runs `work` with servers that are stopped at its end. */
export async function withServers<T>(
  starting: Promise<Server>[],
  work: (...servers: Server[]) => Promise<T>,
): Promise<T> {
  const servers = await Promise.all(starting)
  try {
    return await work(...servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Processor seconds of the server's threads so far, and its memory in bytes. */
export const spent = async ({ url }: Server): Promise<Cpu & { rss: number }> =>
  (await (await fetch(`${url}/_spent`)).json()) as Cpu & { rss: number }

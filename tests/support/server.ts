import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFailed } from 'vitest'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { cleanup } from './cleanup.ts'
import { type Harness, secretKey } from './harness.ts'

const script = fileURLToPath(new URL('./server-process.ts', import.meta.url))
const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href

/** What a server process is started with; its clock starts at `now`. */
export interface ProcessOptions {
  database: string
  now: number
  secretKey: string
  /** Without it nothing can be bought. */
  stripeUrl?: string
  /** TeamFlow's when left out. */
  config?: Catalog
  /** Milliseconds between two sweeps. */
  sweepMs?: number
}

export interface ServerProcess {
  url: string
  secretKey: string
  /** What it has written to its log so far; shown by itself only when the test fails. */
  log(): string
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Any other signal, as the one that stops it in its tracks. */
  signal(name: NodeJS.Signals): void
}

/** A server in a process of its own, on the harness's Stripe and at the instant the harness's clock shows. */
export const startServer = (harness: Harness, database: string): Promise<ServerProcess> =>
  startProcess({ database, stripeUrl: harness.stripeUrl, now: harness.clock.now(), secretKey })

/** A server in a process of its own. */
export async function startProcess(options: ProcessOptions): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    ['--conditions=softgate-source', `--import=${typescript}`, script, JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text
  })
  onTestFailed(() => void process.stderr.write(log))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  cleanup(kill)
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()))
    exited.then(() => reject(new Error('the server process ended before it was ready')))
  })
  return {
    url,
    secretKey: options.secretKey,
    log: () => log,
    kill,
    signal: (name) => {
      child.kill(name)
    },
  }
}

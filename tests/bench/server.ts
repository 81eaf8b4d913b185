import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./server-process.ts', import.meta.url))
const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href

/** A server in a process of its own, so that measuring costs it nothing. */
export interface Server {
  url: string
  secretKey: string
  stop(): Promise<void>
}

/** `bare` is Hono alone; `softgate` a real server on a SQLite file. */
export async function startServer(kind: 'bare' | 'softgate'): Promise<Server> {
  const child = spawn(process.execPath, ['--conditions=softgate-source', `--import=${typescript}`, script, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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

/** Processor time of the server's process so far, all its threads. */
export const cpuSeconds = async ({ url }: Server): Promise<number> => Number(await (await fetch(`${url}/_cpu`)).text())

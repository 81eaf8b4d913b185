import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanup } from './cleanup.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href

interface Ran {
  child: ChildProcess
  /** What it has written so far, to either stream. */
  output(): string
  ended: Promise<number | null>
}

/** Starts a command of `softgate` in a folder, with nothing in its environment but what is given. */
export function softgate(cwd: string, args: string[], env: Record<string, string> = {}): Ran {
  const command = ['--conditions=softgate-source', `--import=${typescript}`, join(root, 'server/cli/main.ts'), ...args]
  const child = spawn(process.execPath, command, {
    cwd,
    env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  cleanup(() => child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  return {
    child,
    output: () => text,
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
}

/** Runs a command to its end. */
export async function done(
  cwd: string,
  args: string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; text: string }> {
  const ran = softgate(cwd, args, env)
  const code = await ran.ended
  return { code, text: ran.output() }
}

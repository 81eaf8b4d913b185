// Runs an example, installing what is missing first. Plain Node, so that it works before anything is installed.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../.ci/install.mjs'

/** Runs a file of this folder, with the arguments of this process, until it ends or this process does. */
export async function run(file) {
  await ensureInstalled()
  const typescript = new URL('../.ci/typescript.mjs', import.meta.url).href
  const start = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--conditions=softgate-source', `--import=${typescript}`, start, ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel closes when this process is killed, and the example ends too
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

// `npm run bench [-- NAME …] [--json]`: installs what is missing, then measures. Plain Node.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../../.ci/install.mjs'

await ensureInstalled()
const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href
const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const args = ['--conditions=softgate-source', `--import=${typescript}`, main, ...process.argv.slice(2)]
spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1))

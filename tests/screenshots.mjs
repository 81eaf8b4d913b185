// `npm run screenshots [-- FOLDER]`: pictures of every state that a user can see, in light, in dark and on a phone.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTool } from '../.ci/tool.mjs'

const folder = resolve(process.argv[2] ?? 'screenshots')
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
mkdirSync(folder, { recursive: true })
const { status, output } = await runTool('vitest', ['run', 'tests/widget/states.test.ts', 'tests/teamflow'], {
  SOFTGATE_SCREENSHOTS: folder,
})
console.log(status === 0 ? `The pictures are in ${folder}` : output)
process.exitCode = status

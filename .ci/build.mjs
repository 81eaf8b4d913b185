// Builds the packages and checks them as they would be published: `npm run build`.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './install.mjs'
import { runTool } from './tool.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** In this order: the others are built on the declarations of the SDK. */
const packages = ['sdk', 'widget', 'server']

await ensureInstalled()
for (const name of packages) {
  rmSync(join(root, name, 'dist'), { recursive: true, force: true })
  await step(`${name}: tsc`, 'tsc', ['-p', `${name}/tsconfig.build.json`])
  if (name === 'widget') await step('widget: script tag', 'vite', ['build', '--config', 'widget/vite.config.ts'])
  checkExports(name)
}
const folder = mkdtempSync(join(tmpdir(), 'softgate-pack-'))
try {
  const workspaces = packages.map((name) => `--workspace=${name}`)
  await step('npm pack', 'npm', ['pack', '--silent', ...workspaces, '--pack-destination', folder])
  for (const file of readdirSync(folder)) {
    await step(`${file}: publint`, 'publint', [join(folder, file), '--strict'])
    await step(`${file}: attw`, 'attw', [join(folder, file), '--profile', 'esm-only'])
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`Built ${packages.join(', ')}`)

/** Runs a tool of the repository; ends the build with its words when it fails. */
async function step(title, command, args) {
  const start = performance.now()
  const { status, output } = await runTool(command, args)
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  if (status === 0) return console.log(`${title} (${seconds} s)`)
  console.error(`${output}\n${title} failed`)
  process.exit(1)
}

/** Every file that the package promises must be there. */
function checkExports(name) {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'))
  const named = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? target : Object.values(target),
  )
  // The server serves it, by this path.
  const promised = [...named, ...Object.values(bin), ...(name === 'widget' ? ['dist/script/widget.js'] : [])]
  const missing = promised.filter((path) => !existsSync(join(root, name, path)))
  if (missing.length === 0) return
  console.error(`${name}: package.json names files that do not exist: ${missing.join(', ')}`)
  process.exit(1)
}

// Fails when the tables have changed and the migrations have not: generating into a copy must add nothing to it.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTool } from './tool.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dialects = { sqlite: 'sqlite', postgres: 'postgresql' }
let stale = false

for (const [name, dialect] of Object.entries(dialects)) {
  const kept = join(root, 'server', 'migrations', name)
  const copy = mkdtempSync(join(tmpdir(), 'softgate-migrations-'))
  try {
    cpSync(kept, copy, { recursive: true })
    // The tool takes every path as relative to where it runs, absolute ones too.
    const schema = `./server/migrations/schema.${name}.ts`
    const { status, output } = await runTool('drizzle-kit', [
      'generate',
      '--dialect',
      dialect,
      '--schema',
      schema,
      '--out',
      relative(root, copy),
    ])
    if (status === 0 && isSame(kept, copy)) continue
    stale = true
    console.error(
      `${output.trim()}\nThe ${name} migrations are behind server/src/store/tables.ts. Run "npm run migrations".`,
    )
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
process.exit(stale ? 1 : 0)

function isSame(kept, copy) {
  const files = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const read = (folder) =>
    files(folder)
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')])
      .sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(read(kept)) === JSON.stringify(read(copy))
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

let built: Promise<ReadonlyMap<string, string>> | null = null

/** The files of the script tag, as they are published, by name; built once in a test file. */
export function widgetFiles(): Promise<ReadonlyMap<string, string>> {
  built ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'softgate-widget-'))
    try {
      const configFile = fileURLToPath(new URL('../../widget/vite.config.ts', import.meta.url))
      await build({ configFile, mode: 'production', build: { outDir: folder } })
      return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })()
  return built
}

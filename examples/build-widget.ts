import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const sources = ['widget/src', 'widget/script', 'widget/vite.config.ts', 'sdk/src'].map(at)

/** When a file, or the youngest in a folder, was changed; epoch ms. */
function changedAt(path: string): number {
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  return Math.max(...readdirSync(path).map((name) => changedAt(join(path, name))))
}

/** Builds the script tag, which the backend serves as `/widget.js`, where it is missing or older than its sources. */
export async function buildWidget(): Promise<void> {
  const place = at('widget/dist/script')
  const made = join(place, 'widget.js')
  if (existsSync(made) && statSync(made).mtimeMs > Math.max(...sources.map(changedAt))) return
  // Beside its place and then moved there: others may be reading.
  const outDir = mkdtempSync(at('widget/.script-'))
  try {
    await build({ configFile: at('widget/vite.config.ts'), mode: 'production', build: { outDir } })
    mkdirSync(at('widget/dist'), { recursive: true })
    rmSync(place, { recursive: true, force: true })
    renameSync(outDir, place)
  } catch (error) {
    // Another start that built the same was first.
    const there = (error as NodeJS.ErrnoException).code === 'ENOTEMPTY'
    if (!there) throw error
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the migrations lie: beside the sources, or one level further up from the built files. */
export const migrationsFolder = (dialect: 'sqlite' | 'postgres'): string => {
  const fromSource = new URL(`../../migrations/${dialect}`, import.meta.url)
  const fromBuild = new URL(`../../../migrations/${dialect}`, import.meta.url)
  return fileURLToPath(existsSync(fromSource) ? fromSource : fromBuild)
}

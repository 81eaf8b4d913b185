import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'

/** Where the migrations lie: beside the sources, or one level further up from the built files. */
export const migrationsFolder = (dialect: 'sqlite' | 'postgres'): string => {
  const fromSource = new URL(`../../migrations/${dialect}`, import.meta.url)
  const fromBuild = new URL(`../../../migrations/${dialect}`, import.meta.url)
  return fileURLToPath(existsSync(fromSource) ? fromSource : fromBuild)
}

/** The tables that were found are not a beginning of this version's: nothing brings them up to date. */
export class OtherVersion extends Error {
  readonly code = 'OTHER_VERSION'
}

/**
 * Before the migrations of a folder run on a database that has had some: `first` is the hash of the one that it began with.
 *
 * @throws OtherVersion when it began with another than this version does
 */
export function checkBeginning(first: string | undefined, migrationsFolder: string): void {
  if (first === undefined || readMigrationFiles({ migrationsFolder })[0]?.hash === first) return
  throw new OtherVersion(
    'The tables of this database were made by a version of Softgate that this one cannot take over from. Go on with that version, or begin anew with an empty database.',
  )
}

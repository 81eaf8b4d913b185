import type { Environment, PageStorage } from './environment.ts'

export type Stored = <T>(run: (storage: PageStorage) => T) => T | null

/** localStorage as it is in the wild: where it is full, forbidden, missing or full of garbage, the answer is null. */
export const storedIn =
  ({ storage }: Pick<Environment, 'storage'>): Stored =>
  (run) => {
    try {
      return storage && run(storage())
    } catch {
      return null
    }
  }

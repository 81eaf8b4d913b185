import type { PageStorage } from './environment.ts'

/** localStorage as it is in the wild: full, forbidden or missing, it is replaced by memory and the page hears nothing of it. */
export interface Shelf {
  get(key: string): string | null
  /** Whether it outlives the page. */
  set(key: string, text: string): boolean
  remove(key: string): void
  /** The keys that begin with `prefix`, sorted; of memory alone, or of both. */
  keys(prefix: string, memoryOnly?: boolean): string[]
}

export function createShelf(storage: PageStorage | null): Shelf {
  const memory = new Map<string, string>()
  const attempt = <T>(run: (storage: PageStorage) => T): T | undefined => {
    try {
      return storage ? run(storage) : undefined
    } catch {
      return undefined
    }
  }
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    set(key, text) {
      memory.set(key, text)
      return (
        attempt((storage) => {
          storage.setItem(key, text)
          return memory.delete(key)
        }) === true
      )
    },
    remove(key) {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key))
    },
    keys(prefix, memoryOnly) {
      const stored = memoryOnly
        ? []
        : attempt((storage) => Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? ''))
      return [...memory.keys(), ...(stored ?? [])].filter((key) => key.startsWith(prefix)).sort()
    },
  }
}

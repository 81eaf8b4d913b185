import type { Environment, PageStorage } from './environment.ts'

/** localStorage as it is in the wild: full, forbidden or missing, it is replaced by memory and the page hears nothing of it. */
export interface Shelf {
  /** Empty where there is nothing. */
  get(key: string): string
  /** Whether it outlives the page. */
  set(key: string, text: string): boolean
  remove(key: string): void
  /** The keys that begin with `prefix`, sorted; of memory alone, or of both. */
  keys(prefix: string, memoryOnly?: boolean): string[]
}

export function createShelf({ storage }: Pick<Environment, 'storage'>): Shelf {
  const memory = new Map<string, string>()
  const attempt = <T>(run: (storage: PageStorage) => T): T | null => {
    try {
      return storage && run(storage())
    } catch {
      return null
    }
  }
  return {
    get: (key) => memory.get(key) ?? attempt((stored) => stored.getItem(key)) ?? '',
    set(key, text) {
      memory.set(key, text)
      const move = (stored: PageStorage): boolean => {
        stored.setItem(key, text)
        return memory.delete(key)
      }
      return attempt(move) ?? false
    },
    remove(key) {
      memory.delete(key)
      attempt((stored) => stored.removeItem(key))
    },
    keys(prefix, memoryOnly) {
      const all = attempt((stored) => (memoryOnly ? [] : Object.keys(stored))) ?? []
      return [...memory.keys(), ...all].filter((key) => key.startsWith(prefix)).sort()
    },
  }
}

/** JSON that anybody may have written; null when it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

import { createHash } from 'node:crypto'

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/**
 * A stable number in [0, 1) for a value under a seed: FNV-1a over UTF-16 code units, applied twice so that neighbouring
 * ids do not fall into neighbouring buckets. The same as GrowthBook's hash version 2, whose published cases test it.
 */
export const bucketOf = (seed: string, value: string): number => (fnv1a(String(fnv1a(seed + value))) % 10_000) / 10_000

/** A digest of plain data, the same for every order in which its keys are written: short enough for an idempotency key. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, sorted)).digest('base64url')

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/** Chance as an option: `n` random bytes. */
export type Random = (n: number) => Buffer

export const systemRandom: Random = (n) => randomBytes(n)

/** When a UUID of version 7 was made, epoch ms; null where the id is none. */
export function madeAt(id: string): number | null {
  const [, high = '', low = ''] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i.exec(id) ?? []
  return high === '' ? null : Number.parseInt(high + low, 16)
}

/** Makes ids such as `qt_0193f2…`: a prefix, the time, a count within it, and 64 random bits. */
export type Ids = (prefix: string) => string

/**
 * Ids begin with the time in milliseconds and, within one, count up: they sort as they were made, and rows made together lie
 * together in an index. Random keys cut SQLite to a tenth of its rate at a million rows.
 */
export function createIds(clock: Clock, random: Random): Ids {
  let last = 0
  let count = 0
  return (prefix) => {
    const now = clock.now()
    count = now === last ? (count + 1) & 0xffff : 0
    last = now
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
    return `${prefix}_${hex(now, 12)}${hex(count, 4)}${random(8).toString('hex')}`
  }
}

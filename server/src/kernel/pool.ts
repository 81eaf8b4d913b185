/** The most values of a kind that are kept for sharing; what is still in use elsewhere stays alive by that. */
const most = 4_096

/** Gives one value for all that have the same key, as long as it is remembered: not more than some thousands are. */
export function createPool<T>(): (key: string, make: () => T) => T {
  const pool = new Map<string, T>()
  return (key, make) => {
    const same = pool.get(key)
    if (same !== undefined) return same
    if (pool.size >= most) pool.clear()
    const made = make()
    pool.set(key, made)
    return made
  }
}

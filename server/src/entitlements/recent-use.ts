import type { Clock } from '../kernel/clock.ts'
import type { UseSlice } from '../metering/model.ts'

export interface RecentUseOptions {
  clock: Clock
  /** How long what was read is good enough for a forecast, ms; 0 to read each time. */
  keepMs: number
  read(account: string, scope: string): Promise<UseSlice[]>
  /** The most accounts that are remembered; those read longest ago go first. */
  capacity?: number
}

/**
 * What was used in the last days, for forecasts. It is read from the events themselves, which of a busy account are many:
 * where snapshots are believed for a second only, it is not read with every one of them.
 */
export function createRecentUse({
  clock,
  keepMs,
  read,
  capacity = 10_000,
}: RecentUseOptions): (account: string, scope: string) => Promise<UseSlice[]> {
  const kept = new Map<string, { slices: UseSlice[]; until: number }>()
  return async (account, scope) => {
    const key = `${account}\n${scope}`
    const known = kept.get(key)
    const now = clock.now()
    if (known && now < known.until) return known.slices
    const slices = await read(account, scope)
    if (keepMs === 0) return slices
    kept.delete(key)
    kept.set(key, { slices, until: now + keepMs })
    if (kept.size > capacity) kept.delete(kept.keys().next().value as string)
    return slices
  }
}

import { emptyAccount } from '../../server/src/accounts/model.ts'
import { createSnapshot } from '../../server/src/entitlements/snapshot.ts'
import { createSnapshots } from '../../server/src/entitlements/snapshots.ts'
import { systemClock } from '../../server/src/kernel/clock.ts'
import { config } from './config.ts'
import { type Bench, median } from './pair.ts'

const count = 10_000
const rounds = 40

/** Nanoseconds of one call, called for all accounts in an order without pattern. */
function nanoseconds(ids: readonly string[], call: (id: string) => unknown): number {
  let found = 0
  const start = process.hrtime.bigint()
  for (const id of ids) if (call(id)) found++
  const took = Number(process.hrtime.bigint() - start)
  if (found !== ids.length) throw new Error(`${ids.length - found} accounts were not found`)
  return took / ids.length
}

/** The decision itself, without the wire: what of a check is ours. */
export const coreBench: Bench = {
  title: `A check in process, ${count} accounts, against one Map look-up`,
  async run() {
    const now = systemClock.now()
    const snapshots = createSnapshots({
      clock: systemClock,
      load: async (id) =>
        createSnapshot(
          config,
          { account: { ...emptyAccount(id, now), name: id, plan: 'starter' }, subscription: null, counters: [] },
          now,
        ),
      maxAgeMs: Number.POSITIVE_INFINITY,
      room: Number.POSITIVE_INFINITY,
    })
    const ids = Array.from({ length: count }, (_, n) => `account-${(n * 7_919) % count}`)
    for (const id of ids) await snapshots.get(id)
    const known = new Map(ids.map((id) => [id, id]))
    const rows = Array.from({ length: rounds }, () => ({
      ours: nanoseconds(ids, (id) => snapshots.peek(id)?.decide('automations', 1)),
      baseline: nanoseconds(ids, (id) => known.get(id)),
    })).slice(rounds / 4)
    const [ours, baseline] = [median(rows.map((row) => row.ours)), median(rows.map((row) => row.baseline))]
    return { ratio: baseline / ours, goal: 250, ours, baseline, unit: 'ns, at most' }
  },
}

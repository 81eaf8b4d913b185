import config from '../../../examples/teamflow/softgate.config.ts'
import { createSnapshot, type Snapshot } from '../../../server/src/entitlements/snapshot.ts'
import { account, start } from '../samples.ts'

// Runs with --expose-gc in a process of its own, in which nothing else comes and goes: `memory.test.ts` starts it.
const many = 2_500
const rounds = 3

/** Bytes of heap that a snapshot takes, and what it says itself. */
export interface Weight {
  real: number
  told: number
}

export type Weighed = Record<keyof typeof uses, Weight>

/** What becomes of the accounts that are weighed. */
const uses = {
  counts: (snapshot: Snapshot) => snapshot.marks('exports'),
  'is asked about what it uses': (snapshot: Snapshot) => snapshot.decisionJson('exports'),
  'is asked about something else besides': (snapshot: Snapshot) => snapshot.decisionJson('sso'),
}

const heapUsed = (): number => {
  gc?.()
  return process.memoryUsage().heapUsed
}
/** A text of its own, as one that was read from a database. */
const anew = (text: string): string => Buffer.from(text).toString()

function made(n: number): Snapshot {
  const row = { account: anew(`account-${n}`), feature: anew('exports'), scope: '', period: start, used: 1 + (n % 40) }
  const facts = { account: { ...account({ id: anew(`account-${n}`), plan: anew('business') }), facts: {} } }
  const period = Date.UTC(2027, 2, 1)
  return createSnapshot(config, { ...facts, subscription: null, counters: [{ ...row, period }] }, start)
}

function weigh(use: (snapshot: Snapshot) => void): Weight {
  const before = heapUsed()
  const kept = Array.from({ length: many }, (_, n) => made(n))
  for (const snapshot of kept) use(snapshot)
  const real = (heapUsed() - before) / many
  return { real, told: kept.reduce((sum, { bytes }) => sum + bytes, 0) / many }
}

const weighed = Object.entries(uses).map(([name, use]) => {
  weigh(use) // what all have in common, and code
  const found = Array.from({ length: rounds }, () => weigh(use)).sort((a, b) => a.real - b.real)
  return [name, found[Math.floor(rounds / 2)]]
})
process.stdout.write(JSON.stringify(Object.fromEntries(weighed)))

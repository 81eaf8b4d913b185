import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { createSnapshot, type Snapshot } from '../../../server/src/entitlements/snapshot.ts'
import { account, start } from '../samples.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const many = 4_000

const heapUsed = (): number => {
  collect()
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

/** Bytes of heap that a snapshot takes, and what it says itself. */
function weigh(use: (snapshot: Snapshot) => void): { real: number; told: number } {
  for (let n = 0; n < 200; n++) use(made(n)) // what all have in common
  const before = heapUsed()
  const kept = Array.from({ length: many }, (_, n) => made(n))
  for (const snapshot of kept) use(snapshot)
  const real = (heapUsed() - before) / many
  return { real, told: kept.reduce((sum, { bytes }) => sum + bytes, 0) / many }
}

it.each<[string, number, (snapshot: Snapshot) => void]>([
  ['counts', 1_000, (snapshot) => snapshot.marks('exports')],
  ['is asked about what it uses', 1_500, (snapshot) => snapshot.decisionJson('exports')],
  ['is asked about something else besides', 2_000, (snapshot) => snapshot.decisionJson('sso')],
])('an account that %s takes less than %i bytes, and says so about rightly', (_, most, use) => {
  const { real, told } = weigh(use)
  expect(real).toBeLessThan(most)
  expect(told / real).toBeGreaterThan(0.8)
  // What else the process lets go meanwhile makes it look like less than it is.
  expect(told / real).toBeLessThan(4)
})

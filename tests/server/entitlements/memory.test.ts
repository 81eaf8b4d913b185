import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { createSnapshot } from '../../../server/src/entitlements/snapshot.ts'
import { account, start } from '../samples.ts'
import type { Weighed } from './weigh-process.ts'

const typescript = new URL('../../../.ci/typescript.mjs', import.meta.url).href
const script = fileURLToPath(new URL('./weigh-process.ts', import.meta.url))
const flags = ['--expose-gc', '--conditions=softgate-source', `--import=${typescript}`]
const weighed: Weighed = JSON.parse(execFileSync(process.execPath, [...flags, script], { encoding: 'utf8' }))

it.each([
  ['counts', 500],
  ['is asked about what it uses', 1_100],
  ['is asked about something else besides', 650],
] as const)('an account that %s takes less than %i bytes, and says so about rightly', (use, most) => {
  const { real, told } = weighed[use]
  expect(real).toBeLessThan(most)
  expect(told / real).toBeGreaterThan(0.9)
  expect(told / real).toBeLessThan(2)
})

it('an account says no more of itself, however often it counts and is asked', () => {
  const snapshot = createSnapshot(config, { account: account(), subscription: null, counters: [] }, start)
  const bytesOf = (used: number): number => {
    snapshot.count({ account: 'acme', feature: 'exports', scope: '', period: Date.UTC(2027, 2, 1), used })
    snapshot.decisionJson('exports')
    snapshot.state()
    snapshot.decisions()
    return snapshot.bytes
  }
  bytesOf(11)
  const bytes = bytesOf(12)
  expect([13, 14, 15, 16].map(bytesOf)).toEqual([bytes, bytes, bytes, bytes])
  snapshot.count({ account: 'acme', feature: 'exports', scope: '', period: Date.UTC(2027, 2, 1), used: 17 })
  expect(snapshot.bytes).toBeLessThan(bytes)
})

import { parseArgs } from 'node:util'
import { coreBench } from './core.ts'
import { growthBench } from './growth.ts'
import type { Bench, Cpu, Result } from './pair.ts'
import { checkBench, stateBench } from './reads.ts'
import { checkUnderLoadBench } from './under-load.ts'
import { upgradeBench } from './upgrade.ts'
import { consumeBench, ingestBatchBench, ingestBench, ingestPgBench } from './writes.ts'

/** Every benchmark compares us with a baseline in the same run: on a busy machine only ratios mean something. */
const benches: Record<string, Bench> = {
  check: checkBench,
  state: stateBench,
  ingest: ingestBench,
  'ingest-batch': ingestBatchBench,
  'ingest-pg': ingestPgBench,
  'check-core': coreBench,
  consume: consumeBench,
  'check-under-load': checkUnderLoadBench,
  growth: growthBench,
  upgrade: upgradeBench,
}

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, events: { type: 'string', default: '10000000' } },
})
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}. Benches: ${Object.keys(benches).join(', ')}\n`)
  process.exit(1)
}

const say = (line: string): void => {
  if (!values.json) process.stdout.write(`${line}\n`)
}

const cpuText = (cpu: Cpu | undefined): string =>
  cpu ? ` (${cpu.main.toFixed(1)} µs on the main thread, ${cpu.others.toFixed(1)} on others)` : ''

function tell({ ratio, goal, ours, baseline, unit, oursCpu, baselineCpu, ...more }: Result): void {
  const number = (value: number) => (value < 100 ? value.toFixed(2) : String(Math.round(value)))
  say(`  ratio ${ratio.toFixed(2)}, goal ${goal} ${unit}`)
  say(`  ours ${number(ours)}${cpuText(oursCpu)}, baseline ${number(baseline)}${cpuText(baselineCpu)}`)
  for (const [name, value] of Object.entries(more)) say(`  ${name} ${value}`)
}

// Growing takes minutes, so it is run by its name only.
const chosen = names.length > 0 ? names : Object.keys(benches).filter((name) => name !== 'growth')
for (const name of chosen) {
  const bench = benches[name] as Bench
  say(`${name}: ${bench.title}`)
  const result = await bench.run({ say: (line) => say(`  ${line}`), events: Number(values.events) })
  if (values.json) process.stdout.write(`${JSON.stringify({ name, ...result })}\n`)
  else tell(result)
}

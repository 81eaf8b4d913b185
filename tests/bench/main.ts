import { checkBench } from './check.ts'
import { ingestBench } from './ingest.ts'
import type { Bench } from './pair.ts'

/** Every benchmark compares us with a baseline in the same run: on a busy machine only ratios mean something. */
const benches: Record<string, Bench> = { check: checkBench, ingest: ingestBench }

const json = process.argv.includes('--json')
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}. Benches: ${Object.keys(benches).join(', ')}\n`)
  process.exit(1)
}

for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue
  if (!json) process.stdout.write(`${name}: ${bench.title}\n`)
  const result = await bench.run((line) => {
    if (!json) process.stdout.write(`  ${line}\n`)
  })
  if (json) process.stdout.write(`${JSON.stringify({ name, ...result })}\n`)
  else {
    const { ratio, goal, ours, baseline, unit } = result
    process.stdout.write(
      `  ratio ${ratio.toFixed(2)} (goal ${goal}): ours ${Math.round(ours)}, baseline ${Math.round(baseline)} ${unit}\n`,
    )
  }
}

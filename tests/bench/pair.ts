import { load, type Target } from './load.ts'
import { cpuSeconds, type Server } from './server.ts'

export interface Result {
  /** Ours to the baseline, the median of the pairs. */
  ratio: number
  goal: number
  ours: number
  baseline: number
  unit: string
  /** Microseconds of the server's processor time for one request. */
  oursCpu: number
  baselineCpu: number
}

export interface Bench {
  title: string
  run(say: (line: string) => void): Promise<Result>
}

export interface Side {
  server: Server
  /** A fresh target for each slice, as some requests must not repeat. */
  target(slice: number): Target
}

const slices = 5
const seconds = 2

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Loads both sides in turn, A B A B, so that what slows the machine slows both; the first pair warms up and is not counted. */
export async function pair(ours: Side, baseline: Side, goal: number, say: (line: string) => void): Promise<Result> {
  const rows: { ours: number; baseline: number; oursCpu: number; baselineCpu: number }[] = []
  for (let slice = 0; slice <= slices; slice++) {
    const a = await measure(ours, slice)
    const b = await measure(baseline, slice)
    if (slice === 0) continue
    rows.push({ ours: a.rate, baseline: b.rate, oursCpu: a.cpu, baselineCpu: b.cpu })
    say(
      `${slice} of ${slices}: ours ${Math.round(a.rate)}/s (${a.cpu.toFixed(1)} µs), baseline ${Math.round(b.rate)}/s (${b.cpu.toFixed(1)} µs)`,
    )
  }
  return {
    ratio: median(rows.map((row) => row.ours / row.baseline)),
    goal,
    ours: median(rows.map((row) => row.ours)),
    baseline: median(rows.map((row) => row.baseline)),
    unit: 'requests/s',
    oursCpu: median(rows.map((row) => row.oursCpu)),
    baselineCpu: median(rows.map((row) => row.baselineCpu)),
  }
}

async function measure({ server, target }: Side, slice: number): Promise<{ rate: number; cpu: number }> {
  const before = await cpuSeconds(server)
  const { requests, seconds: took } = await load(target(slice), seconds)
  const used = (await cpuSeconds(server)) - before
  return { rate: requests / took, cpu: (used * 1e6) / requests }
}

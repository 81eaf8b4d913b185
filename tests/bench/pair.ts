import { load, type Target } from './load.ts'
import { type Server, spent } from './server.ts'

/** Microseconds of processor time for one unit: the main thread's, and all others' (SQLite's writer, V8's helpers). */
export interface Cpu {
  main: number
  others: number
}

export interface Result {
  /** Ours to the baseline, the median of the pairs. */
  ratio: number
  /** The least ratio; of a bench whose goal is a most, that. */
  goal: number
  ours: number
  baseline: number
  unit: string
  oursCpu?: Cpu
  baselineCpu?: Cpu
  /** What else the bench has to say. */
  [more: string]: unknown
}

export interface BenchOptions {
  say(line: string): void
  /** How many events `growth` grows to. */
  events: number
}

export interface Bench {
  title: string
  run(options: BenchOptions): Promise<Result>
}

/** What one slice of some seconds came to. */
export interface Slice {
  /** Units a second. */
  rate: number
  cpu: Cpu
}

/** One of the two that are compared. */
export interface Side {
  measure(slice: number): Promise<Slice>
}

const slices = 5
export const sliceSeconds = 2

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** A server under load; a target is made for each slice, as some requests must not repeat. A request may bring many units. */
export const overHttp = (server: Server, target: (slice: number) => Target, units = 1): Side => ({
  async measure(slice) {
    const before = await spent(server)
    const { requests, seconds } = await load(target(slice), { seconds: sliceSeconds })
    const after = await spent(server)
    const each = (name: keyof Cpu) => ((after[name] - before[name]) * 1e6) / (requests * units)
    return { rate: (requests * units) / seconds, cpu: { main: each('main'), others: each('others') } }
  },
})

/** Loads both sides in turn, A B A B, so that what slows the machine slows both; the first pair warms up and is not counted. */
export async function pair(
  [ours, baseline]: [ours: Side, baseline: Side],
  { goal, unit = 'requests/s', say }: { goal: number; unit?: string; say(line: string): void },
): Promise<Result> {
  const rows: { ours: Slice; baseline: Slice }[] = []
  for (let slice = 0; slice <= slices; slice++) {
    const row = { ours: await ours.measure(slice), baseline: await baseline.measure(slice) }
    if (slice === 0) continue
    rows.push(row)
    say(`${slice} of ${slices}: ours ${textOf(row.ours)}, baseline ${textOf(row.baseline)}`)
  }
  const cpuOf = (side: 'ours' | 'baseline'): Cpu => ({
    main: median(rows.map((row) => row[side].cpu.main)),
    others: median(rows.map((row) => row[side].cpu.others)),
  })
  return {
    ratio: median(rows.map((row) => row.ours.rate / row.baseline.rate)),
    goal,
    ours: median(rows.map((row) => row.ours.rate)),
    baseline: median(rows.map((row) => row.baseline.rate)),
    unit,
    oursCpu: cpuOf('ours'),
    baselineCpu: cpuOf('baseline'),
  }
}

const textOf = ({ rate, cpu }: Slice): string =>
  `${Math.round(rate)}/s (${cpu.main.toFixed(1)} + ${cpu.others.toFixed(1)} µs)`

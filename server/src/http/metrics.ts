import type { Context } from '../flows/context.ts'

interface Metric {
  name: string
  kind: 'gauge' | 'counter'
  help: string
  value: number
}

/** What an operator watches of this process, in the text format of Prometheus. */
export function metricsText({ snapshots }: Context): string {
  const { count, bytes, room, evicted } = snapshots.held()
  const { heapUsed, rss } = process.memoryUsage()
  const metrics: Metric[] = [
    gauge('softgate_snapshots', 'Accounts, and users and entities with limits of their own, in memory.', count),
    gauge('softgate_snapshots_bytes', 'Memory that they take, as estimated.', bytes),
    gauge('softgate_snapshots_limit_bytes', 'The most that they may take: the option memoryBytes.', room),
    {
      name: 'softgate_snapshots_evicted_total',
      kind: 'counter',
      help: 'Those that left memory for want of room.',
      value: evicted,
    },
    gauge('softgate_heap_bytes', 'Memory that the JavaScript of the process uses.', heapUsed),
    gauge('softgate_resident_bytes', 'Memory that the process has from the system.', rss),
  ]
  return metrics
    .map(({ name, kind, help, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${value}\n`)
    .join('')
}

const gauge = (name: string, help: string, value: number): Metric => ({ name, kind: 'gauge', help, value })

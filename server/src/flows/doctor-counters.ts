import type { Finding } from '@softgate/sdk/contract'
import { toIso } from '../kernel/clock.ts'
import type { StillKept, UseDrift } from '../metering/model.ts'
import { type Context, changed } from './context.ts'
import { finding } from './finding.ts'
import { stillKept } from './retention.ts'

export interface CountersExamined {
  found: Finding[]
  /** Where to go on; null for the end. */
  next: string | null
  /** Midnight UTC of the first day that was compared with its events, RFC 3339; null where no account is older. */
  since: string | null
}

/** Counters that differ from the days that they are told from, and days that differ from their events. */
export async function examineCounters(
  context: Context,
  after: string | null,
  mend: boolean,
): Promise<CountersExamined> {
  const kept: StillKept = await stillKept(context)
  const { drifts, next } = await context.database.examineUse(after, kept)
  const found: Finding[] = []
  for (const drift of drifts) {
    const mended = mend && drift.told !== null && (await context.database.recountUse(drift))
    if (mended) changed(context, drift.account)
    found.push({ ...finding('counter_differs', drift.account, wordsOf(context, drift), wayOf(drift)), mended })
  }
  const isAnyOlder = await context.database.read.accounts.isAnyBefore(kept.events)
  return { found, next, since: isAnyOlder ? toIso(kept.events) : null }
}

const wayOf = ({ told }: UseDrift): string =>
  told === null
    ? 'Bring the database back from a backup, or leave it.'
    : 'Run again with --mend: it is counted anew, and nothing that comes in meanwhile is lost.'

function wordsOf({ catalog }: Context, { feature, scope, period, day, kept, told }: UseDrift): string {
  const whose = scope === '' ? '' : ` of ${scope}`
  const since = period === 0 ? '' : ` in the period from ${toIso(period)}`
  const when = day === null ? '' : ` on ${toIso(day).slice(0, 10)}`
  const from = day === null ? 'days' : 'events'
  const gives = told === null ? 'not all of its events are there' : `its ${from} give ${told}`
  return `${catalog.features[feature]?.title ?? feature} (${feature})${whose}${since}${when} stands at ${kept}, and ${gives}.`
}

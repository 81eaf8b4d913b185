import type { EventInput, RejectionCode } from '@softgate/sdk/contract'
import type { Catalog, MeteredFeature } from '../catalog/model.ts'
import { toIso } from '../kernel/clock.ts'
import { madeAt } from '../kernel/ids.ts'
import { readScope } from '../kernel/scope.ts'
import { splitValue } from './days.ts'
import { countedBy, isFor, isWindow, readersOf, scopeOf } from './meters.ts'
import type { Move, Op } from './model.ts'
import { dayOf, periodOf, type Timekeeping } from './period.ts'

/** What is known when an event arrives. */
export interface Admission extends Timekeeping {
  catalog: Catalog
  /** The levels of the feature's use in a scope that triggers watch. */
  marks(feature: string, scope: string): readonly number[]
  /** Use of a feature with a rolling window on its days but this one; null where that day is none of the window. */
  rest(feature: string, scope: string, period: number): number | null
  now: number
  /** Whether a browser reports it: only what the catalogue marks for browsers counts then. */
  browser: boolean
  /** Events that were received before this may be forgotten with their ids, epoch ms; left out where that does not matter. */
  forgottenBefore?: number
  /** Where it is history that is brought in, which may be of any age. */
  imported?: Imported
}

/** What is no longer there in full of what was counted, as far as history is told from it. */
export interface Imported {
  /** Days with keys before this may be joined. */
  joinedBefore: number
  /** Events that came before this may be deleted, epoch ms. */
  goneBefore: number
}

export interface Refused {
  code: RejectionCode
  detail: string
}

export type Admitted = { op: Op } | Refused

const dayMs = 86_400_000

const reject = (code: RejectionCode, detail: string): Refused => ({ code, detail })

const none: readonly never[] = []

/**
 * An op that moves nothing yet. It is made by a class, not as a literal: V8 learns from the literals of one place that once
 * waited long for their commit to put them among what is old from then on, where they cost the most to collect.
 */
class BareOp implements Op {
  readonly account: string
  readonly id: string
  readonly user: string | null
  readonly name: string
  feature: string | null = null
  period = 0
  add: number | null = null
  level: number | null = null
  readonly time: number
  readonly day: number
  readonly receivedAt: number
  readonly properties: Op['properties']
  marks: readonly number[] = none
  bound: number | null = null

  constructor(event: EventInput, { account, now }: Admission, time: number) {
    this.account = account.id
    this.id = event.id
    this.user = event.user ?? null
    this.name = event.name
    this.time = time
    this.day = dayOf(account, time)
    this.receivedAt = now
    this.properties = event.properties ?? null
  }
}

/** Decides whether an event counts and what it moves. A refused event says why and takes nothing else down. */
export function admit(event: EventInput, context: Admission): Admitted {
  const { catalog, now } = context
  const time = Date.parse(event.time)
  if (Number.isNaN(time)) return reject('invalid_event', `time "${event.time}" is not an RFC 3339 instant.`)
  const late = refuseTime(time, context)
  if (late) return late

  const op: Op = new BareOp(event, context, time)
  if (context.imported) {
    const { joinedBefore, goneBefore } = context.imported
    // An account that has come since has all of its events.
    if (op.day < goneBefore && context.account.createdAt < goneBefore) op.old = 'gone'
    else if (op.day < joinedBefore) op.old = 'joined'
  }
  if (event.replaces !== undefined) {
    if (context.browser)
      return reject('browser_not_allowed', 'What was reported is corrected by the host, not by a browser.')
    if (event.replaces === event.id)
      return reject('invalid_event', 'An event cannot replace itself; give it an id of its own.')
    op.replaces = { id: event.replaces, since: context.imported ? 0 : now - catalog.ingest.maxAgeDays * dayMs }
    if (mayHaveForgotten(context, madeAt(event.replaces))) op.replaces.seen = true
  }
  const readers = readersOf(catalog, event.name)
  const counts = event.value !== undefined || event.set !== undefined
  if (event.feature === undefined && readers.length === 0) {
    if (counts) return reject('invalid_event', 'value and set need the feature whose use they change.')
    return context.browser && !catalog.browserSignals.includes(event.name)
      ? reject('browser_not_allowed', `${event.name} is not among the signals that a browser may report.`)
      : { op }
  }
  if (event.value !== undefined && event.set !== undefined)
    return reject('invalid_event', 'An event either adds (value) or states a level (set), not both.')
  return admitUse(event, op, readers, context)
}

/** Everything that the event counts: on the feature that it names, and on each meter that reads its name. */
function admitUse(event: EventInput, op: Op, readers: readonly string[], context: Admission): Admitted {
  const moves: Move[] = []
  for (const key of event.feature === undefined ? readers : new Set([event.feature, ...readers])) {
    const found = movesOf(event, key, op.time, context)
    if ('code' in found) return found
    moves.push(...found)
  }
  // Its first move says whose it was when it is exported, unless it was for one feature by name.
  if (event.feature === undefined) moves.sort((a, b) => Number(isOfEntity(b)) - Number(isOfEntity(a)))
  const [first, ...more] = moves
  if (first === undefined) return { op }
  Object.assign(op, first)
  if (more.length > 0) op.more = more
  return { op }
}

const isOfEntity = ({ scope = '' }: Move): boolean => readScope(scope).entity !== undefined

function movesOf(event: EventInput, key: string, time: number, context: Admission): Move[] | Refused {
  const feature = context.catalog.features[key]
  if (feature === undefined) return reject('feature_unknown', `There is no feature ${key} in the catalogue.`)
  if (feature.kind !== 'metered')
    return reject('feature_not_metered', `${key} is ${feature.kind}: it has no use to count.`)
  if (!isFor(feature, event.properties)) return []
  const counted = countedBy(feature, event)
  if ('fault' in counted) return reject('invalid_event', `${key} ${counted.fault}`)
  const scope = scopeOf(feature, event)
  if (typeof scope === 'object') return reject('invalid_event', `${key} ${scope.fault}`)
  const forbidden = context.browser && refuseBrowser(key, feature, counted)
  if (forbidden) return forbidden
  const period = periodOf(feature, context, time)
  const move: Move = { feature: key, period: period?.key ?? 0, ...counted, marks: context.marks(key, scope) }
  if (isWindow(feature)) Object.assign(move, inWindow(move, context.rest(key, scope, move.period)))
  const by = feature.counts?.by
  if (by) move.splits = by.map((property) => ({ property, value: splitValue(event.properties?.[property]) }))
  if (scope === '') return [move]
  const own = { ...move, scope }
  return feature.total ? [own, { ...move, marks: [] }] : [own]
}

/** What was used before the window passes none of its marks. */
export const inWindow = ({ marks }: Pick<Move, 'marks'>, rest: number | null): Pick<Move, 'marks' | 'rest'> =>
  rest === null ? { marks: [], rest: 0 } : { marks, rest }

function refuseBrowser(key: string, { browser }: MeteredFeature, { add, level, peak }: Partial<Move>): Refused | null {
  if (!browser)
    return reject('browser_not_allowed', `Use of ${key} is reported by the host's server, not by a browser.`)
  if (level != null || peak !== undefined)
    return reject('browser_not_allowed', 'A browser may add to a meter, not set it.')
  return (add ?? 1) > browser.maxValue
    ? reject('browser_not_allowed', `A browser may add at most ${browser.maxValue} to ${key} at once.`)
    : null
}

/** Whether an event that was made at `made` by its clock may be forgotten; none was counted before there was its account. */
const mayHaveForgotten = ({ account, catalog, forgottenBefore = 0 }: Admission, made: number | null): boolean =>
  account.createdAt < forgottenBefore && (made ?? 0) < forgottenBefore + catalog.ingest.maxAheadSeconds * 1_000

function refuseTime(time: number, context: Admission): Refused | null {
  const { now, imported, forgottenBefore = 0 } = context
  const { ingest } = context.catalog
  const aheadMs = ingest.maxAheadSeconds * 1_000
  if (time > now + aheadMs)
    return reject('time_in_future', `time is more than ${ingest.maxAheadSeconds} seconds ahead of the server's clock.`)
  if (!imported && time < now - ingest.maxAgeDays * dayMs)
    return reject(
      'time_too_old',
      `time is more than ${ingest.maxAgeDays} days ago, past the window in which ids are known.`,
    )
  if (imported && mayHaveForgotten(context, time))
    return reject(
      'time_too_old',
      `time is before ${toIso(forgottenBefore + aheadMs)}: the ids of what was counted until then are forgotten, so that it could count twice. If it was never sent here, say so: "uncounted": true, or softgate import --uncounted.`,
    )
  return null
}

import type { EventInput, EventsAnswer } from '@softgate/sdk/contract'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { breathe } from '../kernel/breathe.ts'
import { type Admitted, admit, type Imported, type Refused } from '../metering/admit.ts'
import { lastingIn, limitedScopes } from '../metering/meters.ts'
import type { Op } from '../metering/model.ts'
import type { Context } from './context.ts'
import { eventsGoneBefore } from './retention.ts'

export interface TrackOptions {
  /** The only account that may be named; null for a secret key, which may name any. */
  only: string | null
  /** The user whose browser reports; null for a host, which may name any. */
  browser: string | null
  /** See `Admission`; found out here where it is left out. */
  forgottenBefore?: number
  /** History that is brought in: of any age, and no reason to ask anybody anything. */
  imported?: Imported
}

/** What is wrong with the shape of an event. */
export class Fault {
  readonly detail: string

  constructor(detail: string) {
    this.detail = detail
  }
}

/** An event whose shape has been checked, or what is wrong with it. */
export type Checked = EventInput | Fault

/** Takes a batch in: each event is counted, known already, or rejected with its reason. Resolves when it is durable. */
export async function track(context: Context, events: readonly Checked[], given: TrackOptions): Promise<EventsAnswer> {
  const answer: EventsAnswer = { accepted: 0, duplicates: 0, rejected: [] }
  const corrects = given.forgottenBefore === undefined && events.some((event) => 'replaces' in event)
  const options = corrects ? { ...given, forgottenBefore: await eventsGoneBefore(context) } : given
  const ops: Op[] = []
  const indexes: number[] = []
  let unknown: ReadonlySet<string> | null = null
  for (const [index, checked] of events.entries()) {
    // A promise an event would cost a batch of a hundred more than all the rest: only what is not in memory has one.
    let admitted = admitNow(context, checked, options)
    if (!admitted) {
      unknown ??= await bring(context, events.slice(index), options)
      admitted = await admitLate(context, checked, options, unknown)
    }
    if ('op' in admitted) {
      indexes.push(index)
      ops.push(admitted.op)
    } else answer.rejected.push({ index, ...admitted })
  }
  if (ops.length === 0) return answer
  for (const [place, status] of (await context.queue.push(ops)).entries()) {
    if (status === 'duplicate') answer.duplicates++
    else if (status === 'accepted') answer.accepted++
    else {
      const index = indexes[place] ?? 0
      const detail = status === 'joined' ? fromSums : tooLate(ops[place]?.replaces)
      answer.rejected.push({ index, code: 'time_too_old', detail })
    }
  }
  return answer
}

const tooLate = ({ id, seen }: Partial<NonNullable<Op['replaces']>> = {}): string =>
  `The event ${id} that it replaces is ${seen ? 'not known or ' : ''}past the window in which events are corrected.${seen ? ' If that one has yet to come, send it first.' : ''}`

const fromSums =
  'Of days that old only a sum and a level are kept, from which this cannot be told. State its level anew, at a later time.'

/** Whom an event is about, once it is clear that it may be. */
interface About {
  account: string
  /** The users and entities in the account whose limits it may pass. */
  scopes: readonly string[]
  event: EventInput
}

function aboutOf({ catalog }: Context, checked: Checked, { only, browser }: TrackOptions): About | Refused {
  if (checked instanceof Fault) return { code: 'invalid_event', detail: checked.detail }
  const account = checked.account ?? only
  if (account === null) return { code: 'invalid_event', detail: 'account is missing.' }
  if (only !== null && account !== only)
    return { code: 'foreign_account', detail: `This token speaks for ${only} only.` }
  // A token speaks for its user: whatever name the event carries, it is this one.
  const event = browser === null ? checked : { ...checked, user: browser }
  return { account, scopes: limitedScopes(catalog, event), event }
}

/** Null where whom it is about is not in memory. */
function admitNow(context: Context, checked: Checked, options: TrackOptions): Admitted | null {
  const about = aboutOf(context, checked, options)
  if ('code' in about) return about
  const { account, scopes, event } = about
  const { snapshots } = context
  const snapshot = snapshots.peek(account)
  return snapshot && scopes.every((scope) => snapshots.peek(account, scope))
    ? admitFor(context, snapshot, event, options)
    : null
}

/** After `bring`: what that has found, or what has left memory again. */
async function admitLate(
  context: Context,
  checked: Checked,
  options: TrackOptions,
  unknown: ReadonlySet<string>,
): Promise<Admitted> {
  const about = aboutOf(context, checked, options)
  if ('code' in about) return about
  const { account, scopes, event } = about
  const { snapshots } = context
  const wanted = unknown.has(account) ? [] : ['', ...scopes]
  const [found] = await Promise.all(wanted.map((scope) => snapshots.get(account, scope)))
  return found
    ? admitFor(context, found, event, options)
    : { code: 'account_unknown', detail: `There is no account "${account}". Create it before its events.` }
}

/** Read at once, on the thread that answers requests where the database is a file: a few milliseconds. */
const atOnce = 10

/**
 * Reads what the events are about and is not in memory, and lets others have the thread in between. Gives the accounts that
 * do not exist.
 */
async function bring(
  context: Context,
  events: readonly Checked[],
  options: TrackOptions,
): Promise<ReadonlySet<string>> {
  const { snapshots } = context
  const missing = new Map<string, [account: string, scope: string]>()
  for (const checked of events) {
    const about = aboutOf(context, checked, options)
    if ('code' in about) continue
    for (const scope of ['', ...about.scopes])
      if (!snapshots.peek(about.account, scope)) missing.set(`${about.account}\n${scope}`, [about.account, scope])
  }
  const all = [...missing.values()]
  const unknown = new Set<string>()
  for (let at = 0; at < all.length; at += atOnce) {
    const reading = all.slice(at, at + atOnce).map(async ([account, scope]) => {
      if (!(await snapshots.get(account, scope))) unknown.add(account)
    })
    await Promise.all(reading)
    await breathe()
  }
  return unknown
}

function admitFor(
  context: Context,
  snapshot: Snapshot,
  event: EventInput,
  { browser, imported, forgottenBefore = 0 }: TrackOptions,
): Admitted {
  const admission = admissionOf(context, snapshot, browser !== null, forgottenBefore)
  return admit(event, imported ? { ...admission, imported, marks: () => [] } : admission)
}

/** What `admit` knows of an account. It is made for each event, so it has one shape and is not copied: a copy took 2 µs of 5. */
export const admissionOf = (context: Context, snapshot: Snapshot, browser: boolean, forgottenBefore = 0) => ({
  catalog: context.catalog,
  account: snapshot.account,
  subscription: snapshot.subscription,
  standing: snapshot.standing,
  marks: (feature: string, scope: string) => limitedBy(context, snapshot, feature, scope).marks(feature),
  rest: (feature: string, scope: string, period: number) =>
    limitedBy(context, snapshot, feature, scope).rest(feature, period),
  now: context.clock.now(),
  browser,
  forgottenBefore,
})

/** Each user and each entity has the account's limit, and earlier periods of its own. */
const limitedBy = ({ catalog, snapshots }: Context, snapshot: Snapshot, feature: string, scope: string): Snapshot =>
  (lastingIn(catalog).has(feature) ? snapshots.peek(snapshot.account.id, scope) : undefined) ?? snapshot

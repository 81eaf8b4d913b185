import type { EventInput, EventsAnswer } from '@softgate/sdk/contract'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { type Admitted, admit, type Imported } from '../metering/admit.ts'
import { lastingIn, limitedScopes } from '../metering/meters.ts'
import type { Op } from '../metering/model.ts'
import type { Context } from './context.ts'

export interface TrackOptions {
  /** The only account that may be named; null for a secret key, which may name any. */
  only: string | null
  /** The user whose browser reports; null for a host, which may name any. */
  browser: string | null
  /** History that is brought in: of any age, and no reason to ask anybody anything. */
  imported?: Imported
}

/** An event whose shape has been checked, or what is wrong with it. */
export type Checked = { event: EventInput } | { fault: string }

/** Takes a batch in: each event is counted, known already, or rejected with its reason. Resolves when it is durable. */
export async function track(
  context: Context,
  events: readonly Checked[],
  options: TrackOptions,
): Promise<EventsAnswer> {
  const answer: EventsAnswer = { accepted: 0, duplicates: 0, rejected: [] }
  const ops: Op[] = []
  const indexes: number[] = []
  for (const [index, checked] of events.entries()) {
    // A promise an event would cost a batch of a hundred more than all the rest: only an account that is not in memory has one.
    let admitted = admitOne(context, checked, options)
    if (admitted instanceof Promise) admitted = await admitted
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
      const detail = status === 'joined' ? withinJoined : tooLate(ops[place]?.replaces?.id)
      answer.rejected.push({ index, code: 'time_too_old', detail })
    }
  }
  return answer
}

const tooLate = (replaced = ''): string =>
  `The event ${replaced} that it replaces is past the window in which events are corrected.`

const withinJoined =
  'Of days that old, a feature that never starts again has one sum and level, from which this cannot be told. State its level anew, at a later time.'

function admitOne(context: Context, checked: Checked, options: TrackOptions): Admitted | Promise<Admitted> {
  if ('fault' in checked) return { code: 'invalid_event', detail: checked.fault }
  const { event } = checked
  const { only } = options
  const id = event.account ?? only
  if (id === null) return { code: 'invalid_event', detail: 'account is missing.' }
  if (only !== null && id !== only) return { code: 'foreign_account', detail: `This token speaks for ${only} only.` }
  // A token speaks for its user: whatever name the event carries, it is this one.
  const named = options.browser === null ? event : { ...event, user: options.browser }
  const scopes = limitedScopes(context.catalog, named)
  const snapshot = context.snapshots.peek(id)
  if (snapshot && scopes.every((scope) => context.snapshots.peek(id, scope)))
    return admitFor(context, snapshot, named, options)
  return Promise.all([context.snapshots.get(id), ...scopes.map((scope) => context.snapshots.get(id, scope))]).then(
    ([found]) =>
      found
        ? admitFor(context, found, named, options)
        : { code: 'account_unknown', detail: `There is no account "${id}". Create it before its events.` },
  )
}

function admitFor(
  context: Context,
  snapshot: Snapshot,
  event: EventInput,
  { browser, imported }: TrackOptions,
): Admitted {
  const admission = admissionOf(context, snapshot, browser !== null)
  return admit(event, imported ? { ...admission, imported, marks: () => [] } : admission)
}

export const admissionOf = (context: Context, snapshot: Snapshot, browser: boolean) => ({
  catalog: context.catalog,
  account: snapshot.account,
  subscription: snapshot.subscription,
  standing: snapshot.standing,
  marks: (feature: string, scope: string) => limitedBy(context, snapshot, feature, scope).marks(feature),
  rest: (feature: string, scope: string, period: number) =>
    limitedBy(context, snapshot, feature, scope).rest(feature, period),
  now: context.clock.now(),
  browser,
})

/** Each user and each entity has the account's limit, and earlier periods of its own. */
const limitedBy = ({ catalog, snapshots }: Context, snapshot: Snapshot, feature: string, scope: string): Snapshot =>
  (lastingIn(catalog).has(feature) ? snapshots.peek(snapshot.account.id, scope) : undefined) ?? snapshot

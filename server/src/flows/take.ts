import type {
  CommitInput,
  ConsumeInput,
  Decision,
  DecisionReason,
  ReleaseInput,
  ReserveAnswer,
  ReserveInput,
} from '@softgate/sdk/contract'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { toIso } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { readScope } from '../kernel/scope.ts'
import { admit, inWindow } from '../metering/admit.ts'
import { splitValue } from '../metering/days.ts'
import { isWindow } from '../metering/meters.ts'
import type { Hold, Op } from '../metering/model.ts'
import { dayOf } from '../metering/period.ts'
import type { Room } from '../metering/port.ts'
import type { Stores } from '../store/stores.ts'
import { decisionFor, type Question } from './check.ts'
import { type Context, changed, snapshotOf } from './context.ts'
import { crossingsFollow } from './crossings.ts'
import { admissionOf } from './track.ts'

/** An answered question about units that someone wants to use now. */
interface Asked {
  decision: Decision
  snapshot: Snapshot
  /** What counting them would do. */
  op: Op
}

async function ask(context: Context, id: string, question: Question): Promise<Asked> {
  const { account, feature, quantity, ...naming } = question
  const { decision, snapshot } = await decisionFor(context, question)
  if (decision.kind !== 'metered')
    throw new ProblemError('invalid_request', `${feature} is ${decision.kind}: there is nothing to consume. Use check.`)
  const time = toIso(context.clock.now())
  const event = { id, ...naming, name: 'consume', feature, value: quantity, time }
  const admitted = admit(event, admissionOf(context, await snapshotOf(context, account), false))
  if (!('op' in admitted)) throw new ProblemError('invalid_request', admitted.detail)
  if ([admitted.op, ...(admitted.op.more ?? [])].some(({ add }) => add === null))
    throw new ProblemError(
      'invalid_request',
      `${feature} is not counted by adding units; report it with POST /v1/events.`,
    )
  if (admitted.op.add !== quantity)
    throw new ProblemError(
      'invalid_request',
      `quantity: ${feature} counts events, each by its own id; take 1 at a time.`,
    )
  return { decision, snapshot, op: admitted.op }
}

/** The decision about one more unit, as it is after the units were taken or refused. */
async function after(context: Context, question: Question, taken: boolean): Promise<Decision> {
  const { decision } = await decisionFor(context, { ...question, quantity: 1 })
  if (taken) return { ...decision, allowed: true, reason: decision.allowed ? decision.reason : takenBy(decision) }
  return { ...decision, state: 'blocked', allowed: false, reason: 'limit_reached' }
}

/** By which reason the last units were taken, where no more are allowed. */
const takenBy = ({ limit, used }: Decision): DecisionReason =>
  limit !== null && used !== null && used > limit ? 'grace' : 'within_limit'

/** Decides and counts in one atomic step: use never passes the limit, however many ask at once. The same id counts once. */
export async function consume(context: Context, { id, quantity = 1, ...rest }: ConsumeInput): Promise<Decision> {
  const question = { ...rest, quantity }
  const asked = await ask(context, id, question)
  const { decision, snapshot, op } = asked
  if (decision.state === 'locked') return decision
  if (snapshot.holds(id)) throw usedBefore(id)
  const { account, feature } = question
  // A rolling window is more than one counter: their sum is held to the limit under the account's lock.
  if (snapshot.window(feature).length === 0) {
    const [status] = await context.queue.push([{ ...op, bound: snapshot.most(feature) }])
    if (status === 'duplicate') await requireSame(context.database.read, asked)
    if (status === 'accepted' || status === 'duplicate') return after(context, question, true)
    // What is reserved past its time still stands in the way of the quick step.
    if (status === 'refused' && !(await anyHeld(context, account))) return after(context, question, false)
  }
  const crossings = await context.database.transaction(account, async (stores) => {
    const known = await stores.reservations.known(account, id)
    if (known === 'hold') throw usedBefore(id)
    if (known === 'event') {
      await requireSame(stores, asked)
      return []
    }
    const levelAt = await roomFor(stores, asked, context.clock.now())
    return levelAt === null ? null : stores.reservations.count(notBefore(levelAt, op, snapshot))
  })
  if (crossings !== null) {
    changed(context, account)
    crossingsFollow(context, crossings)
  }
  return after(context, question, crossings !== null)
}

/** An id that stands for other units is no repetition: to answer it as one would give these away uncounted. */
async function requireSame({ metering }: Stores, { op }: Asked): Promise<void> {
  const { account, id, feature, scope = '', add } = op
  const before = await metering.useOf(account, id)
  if (before?.feature !== feature || before.scope !== scope || before.add !== add) throw usedBefore(id)
}

const usedBefore = (id: string): ProblemError =>
  new ProblemError(
    'invalid_request',
    `id: ${id} was used before, for something else. Only a repetition has the same id.`,
  )

/** Whether anything may stand reserved in the account, past its time or not. */
const anyHeld = async ({ database }: Context, account: string): Promise<boolean> =>
  (await database.read.reservations.standing(account, 0)).length > 0

/**
 * What is taken counts from now on: also where the level of its counter is of a later time, by a host whose clock is ahead or
 * on a node whose clock is behind.
 */
const notBefore = (levelAt: number, op: Op, { account }: Snapshot): Op =>
  op.time >= levelAt ? op : { ...op, time: levelAt, day: dayOf(account, levelAt) }

/**
 * Locks every counter that an op moves, in the order in which batches lock them, and says where the first one stands; the level
 * is the newest of them all.
 */
async function lock(reservations: Stores['reservations'], op: Op, now: number): Promise<Room> {
  const moves = [op, ...(op.more ?? [])].flatMap(({ feature, scope = '', period }) =>
    feature === null ? [] : [{ account: op.account, feature, scope, period }],
  )
  const own = moves[0]
  const order = [...moves].sort(
    (a, b) => compare(a.feature, b.feature) || compare(a.scope, b.scope) || a.period - b.period,
  )
  let room = { used: 0, held: 0 }
  let levelAt = 0
  for (const name of order) {
    const found = await reservations.room(name, now)
    levelAt = Math.max(levelAt, found.levelAt)
    if (name === own) room = found
  }
  return { ...room, levelAt }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Where the units fit under the limit, under the lock of their counter and with the rest of its window, the time of the newest
 * level before which they may not be counted; else null.
 */
async function roomFor(
  { metering, reservations }: Stores,
  { snapshot, op }: Asked,
  now: number,
): Promise<number | null> {
  const { account, feature, scope = '' } = op
  if (feature === null) return null
  const { used, held, levelAt } = await lock(reservations, op, now)
  const most = snapshot.most(feature)
  if (most === null) return levelAt
  const window = snapshot.window(feature)
  const from = window.at(-1)
  const rows = from === undefined ? [] : await metering.counters(account, [{ feature, scope, from }])
  const standing = window.length === 0 ? [] : await reservations.standing(account, now)
  const before = rows.filter((row) => window.includes(row.period)).reduce((sum, row) => sum + row.used, 0)
  const reserved = standing
    .filter((hold) => hold.feature === feature && hold.scope === scope && window.includes(hold.period))
    .reduce((sum, hold) => sum + hold.quantity, 0)
  return before + reserved + used + held + (op.add ?? 0) <= most ? levelAt : null
}

const defaultSeconds = 300

/**
 * Sets units aside for what is about to happen, so that nobody else takes them: until they are committed, released, or their
 * time is over. The same id reserves once.
 */
export async function reserve(
  context: Context,
  { id, quantity = 1, expiresIn = defaultSeconds, ...rest }: ReserveInput,
): Promise<ReserveAnswer> {
  const question = { ...rest, quantity }
  const asked = await ask(context, id, question)
  const { decision, op } = asked
  if (decision.state === 'locked') return { decision, expiresAt: null }
  const { account, feature } = question
  const now = context.clock.now()
  const hold: Hold = {
    account,
    id,
    user: op.user,
    feature,
    scope: op.scope ?? '',
    period: op.period,
    quantity,
    expiresAt: now + expiresIn * 1_000,
  }
  const stands = await context.database.transaction(account, async (stores) => {
    const before = (await stores.reservations.standing(account, now)).find((one) => one.id === id)
    if (before && (before.feature !== feature || before.scope !== hold.scope || before.quantity !== quantity))
      throw usedBefore(id)
    if (before) return before
    const known = await stores.reservations.known(account, id)
    if (known === 'event')
      throw new ProblemError(
        'invalid_request',
        `id: ${id} was used before, by an event or a reservation that was committed.`,
      )
    if ((await roomFor(stores, asked, now)) === null) return null
    if (known === 'hold') throw new ProblemError('reservation_unknown', over(id))
    await stores.reservations.hold(hold)
    return hold
  })
  changed(context, account)
  return { decision: await after(context, question, stands !== null), expiresAt: stands && toIso(stands.expiresAt) }
}

const over = (id: string): string =>
  `The reservation ${id} is over, or there never was one. Reserve anew under another id.`

/** Uses what was reserved, or less of it; the rest is free again. Safe to repeat. */
export async function commit(context: Context, { id, account, quantity }: CommitInput): Promise<Decision> {
  const now = context.clock.now()
  const snapshot = await snapshotOf(context, account)
  const admission = admissionOf(context, snapshot, false)
  const done = await context.database.transaction(account, async ({ reservations }) => {
    const hold = (await reservations.standing(account, now)).find((one) => one.id === id)
    if (!hold) return null
    if ((await reservations.known(account, id)) === 'event') throw usedBefore(id)
    const units = quantity ?? hold.quantity
    if (units > hold.quantity)
      throw new ProblemError('invalid_request', `quantity: ${hold.quantity} are reserved; ${units} are more.`)
    const op = committed(context, hold, {
      units,
      now,
      day: dayOf(snapshot.account, now),
      marks: admission.marks(hold.feature, hold.scope),
      rest: admission.rest(hold.feature, hold.scope, hold.period),
    })
    // The locks come first: who takes what is over looks under the same ones.
    const { levelAt } = await lock(reservations, op, now)
    const taken = await reservations.take(account, id, now)
    if (!taken) return null
    const crossings = await reservations.count(notBefore(levelAt, op, snapshot))
    return { hold, crossings }
  })
  if (done) {
    changed(context, account)
    crossingsFollow(context, done.crossings)
    return after(context, questionOf(done.hold), true)
  }
  const event = await context.database.read.metering.useOf(account, id)
  if (!event) throw new ProblemError('reservation_unknown', over(id))
  return after(context, questionOf({ ...event, account, quantity: 1 }), true)
}

/** The event of a reservation that is used: it counts in the period in which the units were set aside. */
function committed(
  { catalog }: Context,
  { account, id, user, feature, scope, period }: Hold,
  { units, now, day, marks, rest }: Pick<Op, 'day' | 'marks'> & { units: number; now: number; rest: number | null },
): Op {
  const spec = catalog.features[feature]
  const by = spec?.kind === 'metered' ? spec.counts?.by : undefined
  const splits = by && { splits: by.map((property) => ({ property, value: splitValue(null) })) }
  const window = spec?.kind === 'metered' && isWindow(spec) && inWindow({ marks }, rest)
  const move = { feature, period, add: units, level: null, marks, ...splits, ...window }
  const own = { account, id, user, name: 'consume', time: now, day, receivedAt: now, properties: null, bound: null }
  const total = scope !== '' && spec?.kind === 'metered' && spec.total
  return { ...own, ...move, ...(scope !== '' && { scope }), ...(total && { more: [{ ...move, marks: [] }] }) }
}

/** Frees what was reserved. One that is over, or never was, is free already. */
export async function release(context: Context, { id, account }: ReleaseInput): Promise<{ released: number }> {
  await snapshotOf(context, account)
  const now = context.clock.now()
  const hold = await context.database.transaction(account, async ({ reservations }) => {
    const found = (await reservations.standing(account, now)).find((one) => one.id === id)
    if (!found) return null
    await reservations.room(found, now)
    return reservations.take(account, id, now)
  })
  if (hold) changed(context, account)
  return { released: hold?.quantity ?? 0 }
}

const questionOf = ({
  account,
  feature,
  scope,
  quantity,
}: Pick<Hold, 'account' | 'feature' | 'scope' | 'quantity'>): Question => ({
  account,
  feature,
  quantity,
  ...readScope(scope),
})

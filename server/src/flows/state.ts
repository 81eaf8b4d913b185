import type { AccountState, Decision, RequestsSummary, State } from '@softgate/sdk/contract'
import type { Catalog } from '../catalog/model.ts'
import type { Own } from '../delivery/live.ts'
import { type Snapshot, tagOf } from '../entitlements/snapshot.ts'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { userScope } from '../kernel/scope.ts'
import { decisionFor } from './check.ts'
import { asksVendor, type Context, snapshotOf, type Who } from './context.ts'
import { choicesOf, readerOf } from './deliver.ts'
import { promptsFor } from './due.ts'
import { freshUpgrade } from './fresh.ts'
import { pendingOf } from './pending.ts'
import { quoteOf, toUpgrade } from './upgrade-answer.ts'

/** A state as it goes out: its JSON in pieces, and the tag of exactly this text. */
export interface StateReply {
  pieces: readonly Uint8Array[]
  tag: string
}

interface UserPart extends Own {
  json: string
  tag: string
  /** The tag of the account, and of what is counted for the user, that it was made for; another one makes it stale. */
  madeFor: string
  /** The same of other scopes that its prompts speak of. */
  about: ReadonlyMap<string, string>
}

// What belongs to a user is kept beside the account's snapshot and goes with it: everything that changes it drops that.
const userParts = new WeakMap<Snapshot, Map<string, UserPart>>()

/** Everything a page needs for one user: the account's part from the snapshot, the user's own part after it. */
export async function stateOf(context: Context, who: Who): Promise<StateReply> {
  const snapshot = await snapshotOf(context, who.account)
  return replyOf(snapshot, await userPart(context, who, snapshot))
}

/** The same, straight from memory; undefined when something has to be read first. */
export function stateFast(context: Context, who: Who): StateReply | undefined {
  const snapshot = context.snapshots.peek(who.account)
  const part = snapshot && keptPart(context, who, snapshot)
  return part && replyOf(snapshot, part)
}

const replies = new WeakMap<UserPart, { state: object; reply: StateReply }>()
const bytes = new WeakMap<object, Uint8Array>()

/** The account's part is encoded once for all its users: of a state with 40 features, that was a third of the request. */
function replyOf(snapshot: Snapshot, part: UserPart): StateReply {
  const state = snapshot.state()
  const known = replies.get(part)
  if (known?.state === state) return known.reply
  const account = bytes.get(state) ?? Buffer.from(state.json.slice(0, -1))
  bytes.set(state, account)
  const reply = { pieces: [account, Buffer.from(`,${part.json}}`)], tag: `${state.tag}.${part.tag}` }
  replies.set(part, { state, reply })
  return reply
}

const personal = new WeakMap<Catalog, string[]>()

/** The features in which a user may differ from the account. */
function personalOf(catalog: Catalog): string[] {
  const known = personal.get(catalog)
  if (known) return known
  const found = Object.entries(catalog.features).flatMap(([key, spec]) =>
    spec.roles !== undefined || (spec.kind === 'metered' && spec.scope === 'user') ? [key] : [],
  )
  personal.set(catalog, found)
  return found
}

/** The decisions in which the user may differ from the account; undefined where nobody can. */
async function ownDecisions(context: Context, { account, user }: Who): Promise<Record<string, Decision> | undefined> {
  const keys = personalOf(context.catalog)
  if (keys.length === 0) return undefined
  const found = keys.map(async (feature) => {
    const spec = context.catalog.features[feature]
    // Which entity it is about shows where it is used: here is told what the role may with all of them.
    const whole = spec?.kind === 'metered' && spec.scope === 'entity'
    const { decision } = await decisionFor(context, { account, user, feature, quantity: 1, whole })
    return [feature, decision] as const
  })
  return Object.fromEntries(await Promise.all(found))
}

/** The tag of all that a user's part follows from and that does not drop it. */
function tagFor(context: Context, who: Who, snapshot: Snapshot): string {
  const { tag } = snapshot.state()
  if (personalOf(context.catalog).length === 0) return tag
  return `${tag} ${context.snapshots.peek(who.account, userScope(who.user))?.state().tag}`
}

/** What belongs to one user, as messages of the live stream. */
export const ownOf = async (context: Context, who: Pick<Who, 'account' | 'user' | 'may'>): Promise<Own> =>
  userPart(context, { ...who, cap: null }, await snapshotOf(context, who.account))

const keyOf = ({ user, may }: Pick<Who, 'user' | 'may'>): string => `${user}\n${may.join()}`

function keptPart(context: Context, who: Who, snapshot: Snapshot): UserPart | undefined {
  const kept = userParts.get(snapshot)?.get(keyOf(who))
  if (kept?.madeFor !== tagFor(context, who, snapshot) || context.clock.now() >= kept.until) return undefined
  for (const [scope, tag] of kept.about)
    if (context.snapshots.peek(who.account, scope)?.state().tag !== tag) return undefined
  return kept
}

async function userPart(context: Context, who: Who, snapshot: Snapshot): Promise<UserPart> {
  const kept = keptPart(context, who, snapshot)
  if (kept) return kept
  const part = await userPartOf(context, who, snapshot)
  const parts = userParts.get(snapshot) ?? new Map<string, UserPart>()
  snapshot.grow(bytesOf(part) - bytesOf(parts.get(keyOf(who))))
  userParts.set(snapshot, parts.set(keyOf(who), part))
  return part
}

/** About how much memory it takes: its JSON, that as a message and as it is sent, and what is around them. */
const bytesOf = (part: UserPart | undefined): number => (part ? 3 * part.json.length + 1_000 : 0)

async function userPartOf(context: Context, who: Who, snapshot: Snapshot): Promise<UserPart> {
  const { read } = context.database
  if (personalOf(context.catalog).length > 0) await snapshotOf(context, who.account, userScope(who.user))
  const madeFor = tagFor(context, who, snapshot)
  const now = context.clock.now()
  const reader = await readerOf(context, who)
  const { buyer } = reader
  const { prompts, until, madeFor: about } = await promptsFor(context, snapshot, { who, reader, now })
  const open = buyer ? await read.billing.findOpenUpgrade(who.account) : null
  const fresh = buyer && context.gateway ? await freshUpgrade(context, snapshot) : null
  // Where something waits for the renewal, dropping that is what an undo means, and it stands as long.
  const undoUntil = fresh && !snapshot.subscription?.pending ? toIso(fresh.until) : null
  const chosen = buyer ? choicesOf(context, snapshot, fresh?.upgrade.id) : []
  const offers = chosen.map(({ offer }) =>
    undoUntil && offer.kind === 'undo' ? { ...offer, until: undoUntil } : offer,
  )
  const { changedAt, ...counted } = await read.requests.summary(who.account, buyer ? null : who.user)
  const pending = pendingOf(context, snapshot, offers)
  const own = await ownDecisions(context, who)
  const body: Omit<State, keyof AccountState | 'requests'> = {
    ...(own && { own }),
    user: { id: who.user, role: reader.role, may: buyer ? ['purchase'] : [] },
    prompts,
    offers,
    upgrade: open && toUpgrade(context, open, await quoteOf(context, open)),
    pending,
    admins: reader.admins,
    ...(buyer && asksVendor(context, snapshot) && { asksVendor: true as const }),
  }
  const requests = JSON.stringify({ ...counted, changedAt: toIsoOrNull(changedAt) } satisfies RequestsSummary)
  const json = `${JSON.stringify(body).slice(1, -1)},"requests":${requests}`
  const tag = tagOf(json)
  const messages = { prompts: { json: `{${json}}`, tag }, requests: { json: requests, tag: requests } }
  const turn = Math.min(
    pending ? Date.parse(pending.at) : Number.POSITIVE_INFINITY,
    fresh?.until ?? Number.POSITIVE_INFINITY,
    snapshot.subscription?.status === 'trialing' && snapshot.subscription.periodEnd > now
      ? snapshot.subscription.periodEnd
      : Number.POSITIVE_INFINITY,
    ...Object.values(own ?? {}).flatMap(({ nextChangeAt }) => (nextChangeAt ? [Date.parse(nextChangeAt)] : [])),
  )
  return { madeFor, about, json, tag, messages, until: Math.min(until, turn) }
}

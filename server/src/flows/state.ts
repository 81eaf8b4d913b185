import type { Prompt } from '@softgate/sdk/contract'
import { permits } from '../accounts/model.ts'
import { sellablesFor } from '../catalog/offers.ts'
import { type Snapshot, tagOf } from '../entitlements/snapshot.ts'
import { choose } from '../prompts/choose.ts'
import { actorOf, type Context, snapshotOf, type Who } from './context.ts'
import { offerContext, type Reader, toPrompt } from './deliver.ts'
import { pendingOf } from './pending.ts'
import { toUpgrade } from './upgrade-answer.ts'

const day = 86_400_000

/** A state as it goes out: JSON and the tag of exactly this text. */
export interface StateReply {
  json: string
  tag: string
}

interface UserPart extends StateReply {
  /** The account's tag it was made for; another one makes it stale. */
  account: string
  until: number
}

// What belongs to a user is kept beside the account's snapshot and goes with it: everything that changes it drops that.
const userParts = new WeakMap<Snapshot, Map<string, UserPart>>()

/** Everything a page needs for one user: the account's part from the snapshot, the user's own part after it. */
export async function stateOf(context: Context, who: Who): Promise<StateReply> {
  const snapshot = await snapshotOf(context, who.account)
  const account = snapshot.state()
  const key = `${who.user}\n${who.may.join()}`
  const parts = userParts.get(snapshot) ?? new Map<string, UserPart>()
  userParts.set(snapshot, parts)
  let part = parts.get(key)
  if (part?.account !== account.tag || context.clock.now() >= part.until) {
    part = await userPartOf(context, who, snapshot)
    parts.set(key, part)
  }
  return { json: `${account.json.slice(0, -1)},${part.json}}`, tag: `${account.tag}.${part.tag}` }
}

async function userPartOf(context: Context, who: Who, snapshot: Snapshot): Promise<UserPart> {
  const { read } = context.database
  const account = snapshot.state().tag
  const now = context.clock.now()
  const { user, buyer } = await actorOf(context, who)
  const { prompts, until } = await promptsFor(context, snapshot, {
    who,
    reader: { buyer, locale: user?.locale ?? null },
    now,
  })
  const open = buyer ? await read.billing.findOpenUpgrade(who.account) : null
  const offers =
    buyer && context.gateway
      ? sellablesFor(offerContext(context, snapshot)).flatMap(({ kind, offer }) =>
          permits(snapshot.subscription, kind) ? [offer] : [],
        )
      : []
  const pending = pendingOf(context, snapshot, offers)
  const body = {
    user: { id: who.user, role: user?.role ?? null, may: buyer ? ['purchase'] : [] },
    prompts,
    offers,
    upgrade: open && toUpgrade(context, open),
    pending,
  }
  const json = JSON.stringify(body).slice(1, -1)
  const turn = pending ? Date.parse(pending.at) : Number.POSITIVE_INFINITY
  return { account, json, tag: tagOf(json), until: Math.min(until, turn) }
}

interface PromptsInput {
  who: Who
  reader: Reader
  now: number
}

/** The one prompt that is due to this user now, and until when that stays so. */
async function promptsFor(
  context: Context,
  snapshot: Snapshot,
  { who, reader, now }: PromptsInput,
): Promise<{ prompts: Prompt[]; until: number }> {
  const { prompts: store } = context.database.read
  const since = now - 30 * day
  const deliveries = await store.open(who.account, since)
  if (deliveries.length === 0) return { prompts: [], until: Number.POSITIVE_INFINITY }
  const silences = await store.silences(who.account, who.user, now)
  const due = deliveries.map((delivery) => {
    const state = snapshot.decide(delivery.feature, 1)?.state
    const stands = state === 'warn' || state === 'grace' || state === 'blocked' || state === 'locked'
    return { delivery, actionable: stands && toPrompt(context, snapshot, delivery, reader).way !== 'none' }
  })
  const { shown } = choose({ catalog: context.catalog, due, silences })
  const ends = silences.map((silence) => silence.until).filter((until) => until !== null)
  const oldest = Math.min(...deliveries.map((delivery) => delivery.at)) + 30 * day
  return { prompts: shown ? [toPrompt(context, snapshot, shown, reader)] : [], until: Math.min(oldest, ...ends) }
}

import type {
  AccessRequest,
  RequestAnswerInput,
  RequestInput,
  RequestsAnswer,
  VendorRequest,
  VendorRequestsAnswer,
} from '@softgate/sdk/contract'
import { mayAsk } from '../entitlements/roles.ts'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { userScope } from '../kernel/scope.ts'
import type { RequestRecord } from '../requests/port.ts'
import { type Context, changed, featureUnknown, mayPurchase, requirePurchase, snapshotOf, type Who } from './context.ts'

/** Asks the account's admins for a feature. Asking again while the first request is open changes that one. */
export async function askAdmin(context: Context, who: Who, input: RequestInput): Promise<AccessRequest> {
  const { account, user } = who
  const { feature, quantity = 1, note = null } = input
  const now = context.clock.now()
  await snapshotOf(context, account)
  const spec = context.catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  if (spec.roles && !mayAsk(spec, (await snapshotOf(context, account, userScope(user))).role))
    throw new ProblemError('role_not_allowed', `Only the roles ${spec.roles.ask?.join(', ')} may ask for ${feature}.`)
  const stored = await context.database.transaction(account, async ({ requests }) => {
    const open = await requests.findOpen(account, user, feature)
    const fresh: RequestRecord = {
      account,
      id: context.ids('req'),
      user,
      feature,
      quantity,
      note,
      status: 'open',
      createdAt: now,
      answeredAt: null,
      answeredBy: null,
      reply: null,
      updatedAt: now,
    }
    const request = open ? { ...open, quantity, note, updatedAt: now } : fresh
    await requests.save(request)
    return request
  })
  return told(context, stored)
}

/** An admin's inbox, or a member's own requests. */
export async function listRequests(context: Context, who: Who): Promise<RequestsAnswer> {
  const all = await mayPurchase(context, who)
  const rows = await context.database.read.requests.list(who.account, all ? null : who.user)
  const names = await namesFor(context, who.account, rows)
  return { requests: rows.map((row) => toRequest(row, names)) }
}

/** What the vendor's team is asked for, by admins of accounts that pay by invoice. */
export async function listForVendor(context: Context): Promise<VendorRequestsAnswer> {
  const { read } = context.database
  const rows = await read.requests.listForVendor(context.catalog.purchaseRoles)
  const accounts = [...new Set(rows.map(({ account }) => account))]
  const known = new Map(
    await Promise.all(
      accounts.map(async (account) => {
        const own = rows.filter((row) => row.account === account)
        const [record, names] = await Promise.all([read.accounts.find(account), namesFor(context, account, own)])
        return [account, { title: record?.name ?? null, names }] as const
      }),
    ),
  )
  const requests = rows.map((row): VendorRequest => {
    const { title = null, names = new Map<string, string>() } = known.get(row.account) ?? {}
    return { account: row.account, accountName: title, ...toRequest(row, names) }
  })
  return { requests }
}

/** Takes back the user's own open request. */
export async function withdrawRequest(context: Context, who: Who, id: string): Promise<AccessRequest> {
  await snapshotOf(context, who.account)
  const withdrawn = await context.database.transaction(who.account, async ({ requests }) => {
    const found = await requests.find(who.account, id)
    const request = requireOpen(found?.user === who.user ? found : null, who, id)
    const taken: RequestRecord = { ...request, status: 'withdrawn', updatedAt: context.clock.now() }
    await requests.save(taken)
    return taken
  })
  return told(context, withdrawn)
}

/**
 * Grants or declines. A grant must be true: if the plan does not allow it yet, buy first. What was bought since the request
 * may be used by the time of the grant, by whoever asked.
 */
export async function answerRequest(
  context: Context,
  who: Who,
  id: string,
  input: RequestAnswerInput,
): Promise<AccessRequest> {
  await requirePurchase(context, who)
  const snapshot = await snapshotOf(context, who.account)
  const answered = await context.database.transaction(who.account, async ({ requests, billing }) => {
    const request = requireOpen(await requests.find(who.account, id), who, id)
    const { feature, quantity } = request
    const decision = snapshot.decide(feature, quantity)
    const bought = decision?.state === 'blocked' ? await billing.lastApplied(who.account) : null
    const settled = bought !== null && bought.updatedAt >= request.createdAt
    if (input.answer === 'grant' && !decision?.allowed && !settled)
      throw new ProblemError(
        'still_blocked',
        `${quantity} more of ${feature} are not allowed yet. Upgrade first, then grant.`,
      )
    const now = context.clock.now()
    const answer: RequestRecord = {
      ...request,
      status: input.answer === 'grant' ? 'granted' : 'declined',
      answeredAt: now,
      answeredBy: who.user,
      reply: input.reply ?? null,
      updatedAt: now,
    }
    await requests.save(answer)
    return answer
  })
  return told(context, answered)
}

function requireOpen(request: RequestRecord | null, { account }: Who, id: string): RequestRecord {
  if (!request) throw new ProblemError('request_unknown', `There is no request "${id}" in ${account}.`)
  if (request.status === 'open') return request
  throw new ProblemError('request_closed', `The request is ${request.status} already.`)
}

/** Tells everyone who sees the request that it has changed, and answers with it. */
async function told(context: Context, request: RequestRecord): Promise<AccessRequest> {
  changed(context, request.account)
  return toRequest(request, await namesFor(context, request.account, [request]))
}

/** The names that the users of these requests have now. */
function namesFor({ database }: Context, account: string, rows: readonly RequestRecord[]) {
  const users = rows.flatMap(({ user, answeredBy }) => (answeredBy === null ? [user] : [user, answeredBy]))
  return database.read.accounts.namesOf(account, [...new Set(users)])
}

function toRequest(
  { account, createdAt, answeredAt, updatedAt, ...rest }: RequestRecord,
  names: ReadonlyMap<string, string>,
): AccessRequest {
  const nameOf = (user: string | null): string | null => (user === null ? null : (names.get(user) ?? null))
  return {
    ...rest,
    name: nameOf(rest.user),
    createdAt: toIso(createdAt),
    answeredAt: toIsoOrNull(answeredAt),
    answeredByName: nameOf(rest.answeredBy),
  }
}

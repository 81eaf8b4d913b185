import type { AccessRequest, RequestAnswerInput, RequestInput, RequestsAnswer } from '@softgate/sdk/contract'
import { mayAsk } from '../entitlements/roles.ts'
import { ProblemError } from '../kernel/problem.ts'
import { userScope } from '../kernel/scope.ts'
import type { RequestRecord } from '../requests/port.ts'
import {
  asksVendor,
  type Context,
  changed,
  featureUnknown,
  mayPurchase,
  requirePurchase,
  snapshotOf,
  type Who,
} from './context.ts'
import { namesFor, toRequest } from './request-answer.ts'
import { tellVendor } from './vendor-requests.ts'

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
    const request = open ? { ...open, quantity, note, updatedAt: later(open, now) } : fresh
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

/** Takes back the user's own open request. */
export async function withdrawRequest(context: Context, who: Who, id: string): Promise<AccessRequest> {
  await snapshotOf(context, who.account)
  const withdrawn = await context.database.transaction(who.account, async ({ requests }) => {
    const found = await requests.find(who.account, id)
    const request = requireOpen(found?.user === who.user ? found : null, who, id)
    const taken: RequestRecord = { ...request, status: 'withdrawn', updatedAt: later(request, context.clock.now()) }
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
      updatedAt: later(request, now),
    }
    await requests.save(answer)
    return answer
  })
  return told(context, answered)
}

/** Every change of a request has an instant of its own, by which who reads it knows which one they know. */
const later = ({ updatedAt }: RequestRecord, now: number): number => Math.max(now, updatedAt + 1)

function requireOpen(request: RequestRecord | null, { account }: Who, id: string): RequestRecord {
  if (!request) throw new ProblemError('request_unknown', `There is no request "${id}" in ${account}.`)
  if (request.status === 'open') return request
  throw new ProblemError('request_closed', `The request is ${request.status} already.`)
}

/** Tells everyone who sees the request that it has changed, and answers with it. */
async function told(context: Context, request: RequestRecord): Promise<AccessRequest> {
  changed(context, request.account)
  if (context.tellRequest !== null && asksVendor(context, await snapshotOf(context, request.account)))
    context.follow('telling the vendor of a request', () => tellVendor(context))
  return toRequest(request, await namesFor(context, request.account, [request]))
}

import type { AccessRequest, RequestAnswerInput, RequestInput, RequestsAnswer } from '@softgate/sdk/contract'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { RequestRecord } from '../requests/port.ts'
import { type Context, featureUnknown, mayPurchase, requirePurchase, snapshotOf, type Who } from './context.ts'

/** Asks the account's admins for a feature. Asking again while the first request is open changes that one. */
export async function askAdmin(context: Context, who: Who, input: RequestInput): Promise<AccessRequest> {
  const { account, user } = who
  const { feature, quantity = 1, note = null } = input
  await snapshotOf(context, account)
  if (!(feature in context.catalog.features)) throw featureUnknown(feature)
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
      createdAt: context.clock.now(),
      answeredAt: null,
      answeredBy: null,
      reply: null,
    }
    const request = open ? { ...open, quantity, note } : fresh
    await requests.save(request)
    return request
  })
  return toRequest(stored)
}

/** An admin's inbox, or a member's own requests. */
export async function listRequests(context: Context, who: Who): Promise<RequestsAnswer> {
  const all = await mayPurchase(context, who)
  const rows = await context.database.read.requests.list(who.account, all ? null : who.user)
  return { requests: rows.map(toRequest) }
}

/** Grants or declines. A grant must be true: if the plan does not allow it yet, buy first. */
export async function answerRequest(
  context: Context,
  who: Who,
  id: string,
  input: RequestAnswerInput,
): Promise<AccessRequest> {
  await requirePurchase(context, who)
  const snapshot = await snapshotOf(context, who.account)
  const answered = await context.database.transaction(who.account, async ({ requests }) => {
    const request = await requests.find(who.account, id)
    if (!request) throw new ProblemError('request_unknown', `There is no request "${id}" in ${who.account}.`)
    if (request.status !== 'open')
      throw new ProblemError('request_closed', `The request was ${request.status} by ${request.answeredBy}.`)
    const { feature, quantity } = request
    if (input.answer === 'grant' && !snapshot.decide(feature, quantity)?.allowed)
      throw new ProblemError(
        'still_blocked',
        `${quantity} more of ${feature} are not allowed yet. Upgrade first, then grant.`,
      )
    const answer: RequestRecord = {
      ...request,
      status: input.answer === 'grant' ? 'granted' : 'declined',
      answeredAt: context.clock.now(),
      answeredBy: who.user,
      reply: input.reply ?? null,
    }
    await requests.save(answer)
    return answer
  })
  return toRequest(answered)
}

const toRequest = ({ account, createdAt, answeredAt, ...rest }: RequestRecord): AccessRequest => ({
  ...rest,
  createdAt: toIso(createdAt),
  answeredAt: toIsoOrNull(answeredAt),
})

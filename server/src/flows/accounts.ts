import type { Account, AccountInput, Facts, User, UserInput } from '@softgate/sdk/contract'
import {
  type AccountRecord,
  emptyAccount,
  isLive,
  type SubscriptionRecord,
  type UserRecord,
} from '../accounts/model.ts'
import { standingOf } from '../accounts/standing.ts'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, changed } from './context.ts'
import { runLooks } from './crossings.ts'
import { endKept, keepLook, type Seen, seeSubscriptions } from './sync.ts'

/** Creates or merges an account. A new Stripe customer is looked up at once, so that its subscription counts from here on. */
export async function putAccount(context: Context, id: string, input: AccountInput): Promise<Account> {
  if (input.plan != null && !(input.plan in context.catalog.plans))
    throw new ProblemError(
      'plan_unknown',
      `There is no plan "${input.plan}". Plans: ${Object.keys(context.catalog.plans).join(', ')}.`,
    )
  const now = context.clock.now()
  const seen = await seeNewCustomer(context, id, input)
  const { before, account } = await context.database.transaction(id, async (stores) => {
    const before = await stores.accounts.find(id)
    if (input.plan !== undefined && input.plan !== before?.plan && isLive(await stores.accounts.findSubscription(id)))
      throw new ProblemError(
        'plan_managed_by_subscription',
        `The live subscription of ${id} names its plan. Change the subscription instead.`,
      )
    const account = merge(before ?? emptyAccount(id, now), input)
    await stores.accounts.save(account, now)
    if (before && before.stripeCustomerId !== null && before.stripeCustomerId !== account.stripeCustomerId)
      await endKept(stores, id, now)
    return { before, account }
  })
  changed(context, id)
  // A host sends what it knows on every visit: only what is new can make an account ready.
  if (before && JSON.stringify(before) !== JSON.stringify(account))
    context.follow(`looking at what waits in ${id}`, () => runLooks(context, id))
  if (seen?.main) await keepLook(context, id, seen.main, seen.observedAt)
  return getAccount(context, id)
}

/** Looks before anything is kept: where Stripe does not answer nothing has changed, and the host says it again. */
async function seeNewCustomer(context: Context, id: string, { stripeCustomerId }: AccountInput): Promise<Seen | null> {
  if (stripeCustomerId == null || !context.gateway) return null
  const before = await context.database.read.accounts.find(id)
  return before?.stripeCustomerId === stripeCustomerId ? null : seeSubscriptions(context, { id, stripeCustomerId })
}

export async function getAccount({ database, catalog, clock }: Context, id: string): Promise<Account> {
  const account = await database.read.accounts.find(id)
  if (!account)
    throw new ProblemError('account_unknown', `There is no account "${id}". Create it with PUT /v1/accounts/${id}.`)
  const subscription = await database.read.accounts.findSubscription(id)
  return {
    ...account,
    plan: standingOf(catalog, account, subscription, clock.now()).plan,
    onboardedAt: toIsoOrNull(account.onboardedAt),
    contractRenewsAt: toIsoOrNull(account.contractRenewsAt),
    createdAt: toIso(account.createdAt),
    subscription: isLive(subscription) ? toSubscription(subscription) : null,
  }
}

export async function putUser(context: Context, account: string, id: string, input: UserInput): Promise<User> {
  const user = await context.database.transaction(account, async (stores) => {
    if (!(await stores.accounts.find(account)))
      throw new ProblemError(
        'account_unknown',
        `There is no account "${account}". Create it with PUT /v1/accounts/${account}.`,
      )
    const before = await stores.accounts.findUser(account, id)
    const empty: UserRecord = { account, id, email: null, name: null, role: null, locale: null, entities: [] }
    const user = merged(before ?? empty, input)
    await stores.accounts.saveUser(user, context.clock.now())
    return user
  })
  changed(context, account)
  return user
}

export async function getUser({ database }: Context, account: string, id: string): Promise<User> {
  const user = await database.read.accounts.findUser(account, id)
  if (!user) throw new ProblemError('user_unknown', `There is no user "${id}" in the account "${account}".`)
  return user
}

const merged = (before: UserRecord, { entities = before.entities, ...rest }: UserInput): UserRecord => ({
  ...before,
  ...rest,
  entities: [...new Set(entities ?? [])],
})

function merge(before: AccountRecord, { facts, onboardedAt, contractRenewsAt, ...rest }: AccountInput): AccountRecord {
  const at = (given: string | null | undefined, kept: number | null): number | null =>
    given === undefined ? kept : given === null ? null : Date.parse(given)
  return {
    ...before,
    ...rest,
    onboardedAt: at(onboardedAt, before.onboardedAt),
    contractRenewsAt: at(contractRenewsAt, before.contractRenewsAt),
    facts: mergeFacts(before.facts, facts),
  }
}

function mergeFacts(before: Facts, given: Facts | null | undefined): Facts {
  if (given === undefined) return before
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== null))
}

const toSubscription = (record: SubscriptionRecord): Account['subscription'] => ({
  id: record.id,
  status: record.status,
  interval: record.interval,
  quantities: record.quantities,
  currentPeriodStart: toIso(record.periodStart),
  currentPeriodEnd: toIso(record.periodEnd),
  cancelAt: toIsoOrNull(record.cancelAt),
})

import type { EraseQuery, Erasure } from '@softgate/sdk/contract'
import { isLive } from '../accounts/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Stores } from '../store/stores.ts'
import { type Context, changed } from './context.ts'
import { reportUseOf } from './report-use.ts'

/** Deleted at once; other writers come in between. */
const lot = 1_000

/**
 * Erases an account and its users, with all that they used, were asked and asked for. What is left is the money that has
 * moved, by Stripe's ids. Use that is billed is told to Stripe first. A second call erases what has come since the first.
 */
export async function eraseAccount(context: Context, id: string, query: EraseQuery): Promise<Erasure> {
  const { database, gateway } = context
  await requireNoPurchase(database.read, id, query)
  if (gateway && (await database.read.accounts.find(id))) {
    await reportUseOf(context, id, { anew: true })
    await requireAllTold(context, id)
  }
  let erased = 0
  for (let count = lot; count === lot; erased += count)
    count = await database.transaction(id, ({ erasure }) => erasure.events(id, lot))
  const { users, events } = await database.transaction(id, async (stores) => {
    await requireNoPurchase(stores, id, query)
    return stores.erasure.account(id)
  })
  changed(context, id)
  return { account: id, users, events: erased + events }
}

async function requireNoPurchase(
  { accounts, billing }: Stores,
  id: string,
  { subscription }: EraseQuery,
): Promise<void> {
  if (await billing.findOpenUpgrade(id))
    throw new ProblemError(
      'upgrade_open',
      `An upgrade of ${id} waits for its payment. Erase the account when it has ended.`,
    )
  if (subscription !== 'leave' && isLive(await accounts.findSubscription(id)))
    throw new ProblemError(
      'subscription_live',
      `The subscription of ${id} goes on. Cancel it first, or leave it to Stripe alone with ?subscription=leave.`,
    )
}

async function requireAllTold({ database, clock }: Context, id: string): Promise<void> {
  const { reports } = await database.read.use.troubles(id, clock.now() + 1)
  if (reports.every(({ state }) => state !== 'waiting')) return
  throw new ProblemError('billing_unavailable', `Stripe has not heard yet what ${id} has used. Try again in a minute.`)
}

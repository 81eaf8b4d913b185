import type { ChangeQuote, LaterStep, LiveSubscription, Payment, QuoteRecord, UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { seeSubscription } from './sync.ts'

/** The subscription as Stripe had it, and when we began to ask. */
export interface Look {
  live: LiveSubscription
  observedAt: number
}

export async function look(context: Context, quote: ChangeQuote): Promise<Look> {
  const seen = await lookFor(context, quote)
  if (!seen) throw new ProblemError('subscription_not_ready', goneWords(quote))
  return seen
}

/** The same; null where Stripe knows no such subscription, as under the key of another account. */
export async function lookFor(context: Context, quote: ChangeQuote): Promise<Look | null> {
  const { live, observedAt } = await seeSubscription(context, quote.account, quote.subscription)
  return live && { live, observedAt }
}

export const goneWords = ({ subscription }: ChangeQuote): string =>
  `Stripe has no subscription ${subscription} any more.`

/** Sends what decides whether the change holds. Each call is found done or is safe to repeat, wherever the last try broke off. */
export async function send(
  context: Context,
  quote: ChangeQuote,
  live: LiveSubscription,
  absorbed: number,
): Promise<void> {
  const gateway = requireGateway(context)
  const { release, update, later, card } = quote.steps
  const { id, subscription, prorationDate, currency } = quote
  if (release !== null && live.schedule?.id === release) await gateway.releaseSchedule(release)
  if (card && live.paymentMethod !== card.id) await gateway.useCard(subscription, card.id)
  if (update) {
    const product = live.items[0]?.product ?? ''
    // With its tax within, whatever the prices say: no more than this is taken off.
    const tax = live.automaticTax ? ('inclusive' as const) : null
    const taken = absorbed > 0 ? { amount: absorbed, product, currency, tax } : null
    await gateway.change({ ...update, subscription, prorationDate, quote: id, absorbed: taken })
  } else if (later) await scheduleIt(context, quote, later, 'later')
}

/** What follows once the change holds and is paid: what still waits is put under a schedule again, and money goes back. */
export async function complete(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  seen: Look,
  payment: Payment | null,
): Promise<Look> {
  const { later, refund } = quote.steps
  const beyond = beyondQuote(quote, payment)
  const toSchedule = later !== null && seen.live.schedule?.ours?.quote !== quote.id
  const card = laterCard(quote, upgrade, payment?.intent?.paymentMethod ?? null)
  const toKeep = card !== seen.live.paymentMethod ? card : null
  const rest = [
    ...(toKeep ? [() => requireGateway(context).useCard(quote.subscription, toKeep)] : []),
    ...(toSchedule ? [() => scheduleIt(context, quote, later, 'later')] : []),
    ...(refund ? [() => giveBack(context, quote, refund, seen.live.customer)] : []),
    ...(beyond > 0 ? [() => giveCredit(context, quote, beyond, seen.live.customer)] : []),
  ]
  let done = 0
  for (const step of rest)
    try {
      await step()
      done++
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
      // What was changed holds and stays; only this part of what was to follow cannot be done.
      context.failed(error, `doing what follows the upgrade ${upgrade.id}`)
    }
  return done === 0 ? seen : look(context, quote)
}

/** Which card pays from then on, where the first one was declined: the one that paid, or the one from before; null for no change. */
function laterCard({ steps }: ChangeQuote, { card }: UpgradeRecord, paidWith: string | null): string | null {
  if (card === null || paidWith === null || paidWith === steps.card?.id) return null
  return card.keep ? paidWith : (steps.card?.before ?? null)
}

const giveCredit = (context: Context, { id: quote, currency }: ChangeQuote, amount: number, customer: string) =>
  requireGateway(context).giveCredit({ customer, amount, currency, quote })

/**
 * What time has added between the last look at the price and the charge, where no instant can be named to Stripe: it goes back
 * as credit, so that in the end nobody pays more than was quoted. What time does not explain is for somebody to look at.
 */
export function beyondQuote({ amountDue, steps }: QuoteRecord, payment: Pick<Payment, 'invoice'> | null): number {
  const risen = (payment?.invoice.amountDue.amount ?? 0) - amountDue
  return risen > 0 && risen <= (steps.update?.drift ?? 0) ? risen : 0
}

/** To the card first: should that be refused, the customer keeps the credit that the reversal has made. */
async function giveBack(
  context: Context,
  { id: quote, currency }: ChangeQuote,
  { intent, amount, given }: NonNullable<ChangeQuote['steps']['refund']>,
  customer: string,
): Promise<void> {
  const gateway = requireGateway(context)
  if (!given) await gateway.refund({ intent, amount, quote })
  if (amount > 0) await gateway.takeCredit({ customer, amount, currency, quote })
}

/** Puts back what had to go for a change which did not come about: the schedule, and the card. */
export async function putBack(context: Context, quote: ChangeQuote, seen: Look): Promise<Look> {
  const { restore, card } = quote.steps
  const { live } = seen
  const cardToo = card !== null && live.paymentMethod === card.id
  const scheduleToo = restore !== null && !live.schedule?.ours
  if (!cardToo && !scheduleToo) return seen
  if (cardToo) await requireGateway(context).useCard(live.id, card.before)
  if (scheduleToo) await scheduleIt(context, quote, restore, 'restore')
  return look(context, quote)
}

const scheduleIt = (context: Context, { id, subscription }: ChangeQuote, step: LaterStep, what: string) =>
  requireGateway(context).schedule({ ...step, subscription, quote: id, key: `softgate_${id}_${what}` })

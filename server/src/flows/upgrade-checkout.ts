import { dueOf } from '../billing/due.ts'
import type { LiveSession, QuoteRecord, UpgradeRecord } from '../billing/model.ts'
import { type Outcome, paymentOn } from '../billing/outcome.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, changed, requireGateway } from './context.ts'
import { standingSubscription } from './sync.ts'
import { close, compareCharge, keyMs, lost, save, stale } from './upgrade-save.ts'

/**
 * Brings an upgrade that begins a subscription as far as it goes now. While its page can be paid the upgrade stays open, so
 * that no other page of the account is open beside it; whether it was paid is read from Stripe.
 */
export async function driveCheckout(
  context: Context,
  upgrade: UpgradeRecord,
  quote: QuoteRecord,
  first: boolean,
): Promise<UpgradeRecord> {
  if (upgrade.checkout) return settleCheckout(context, upgrade, quote)
  if (!first && context.clock.now() > upgrade.createdAt + keyMs) return close(context, upgrade, lost)
  try {
    const customer = await customerOf(context, upgrade)
    const mine = await closeOthers(context, customer, quote)
    const refused = await refusal(context, { upgrade, quote, customer })
    if (refused) return close(context, upgrade, refused)
    return openPage(context, upgrade, mine ?? (await openSession(context, { upgrade, quote, customer })))
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
    if (error.code === 'billing_refused') context.failed(error, `opening the page of the upgrade ${upgrade.id}`)
    return close(context, upgrade, { code: error.code, detail: `${error.message} Nothing was charged.` })
  }
}

/** Closes the page of an upgrade for good. If it was paid first, the upgrade is applied after all. */
export async function abandonCheckout(
  context: Context,
  upgrade: UpgradeRecord,
  quote: QuoteRecord,
  reason: Outcome['reason'],
): Promise<UpgradeRecord> {
  const session = upgrade.checkout?.session
  if (session === undefined)
    throw new ProblemError('billing_unavailable', 'The upgrade is being confirmed. Ask again in a moment.')
  await requireGateway(context).expireSession(session)
  const after = await requireGateway(context).session(session)
  return after?.status === 'complete' ? settleCheckout(context, upgrade, quote) : close(context, upgrade, reason)
}

/** The account's customer at Stripe: the one it has, or a new one, stored before anything is sold to it. */
async function customerOf(context: Context, { account: id, quote, user }: UpgradeRecord): Promise<string> {
  const { read } = context.database
  const account = await read.accounts.find(id)
  if (account?.stripeCustomerId) return account.stripeCustomerId
  const buyer = await read.accounts.findUser(id, user)
  const created = await requireGateway(context).createCustomer({
    account: id,
    name: account?.name ?? null,
    email: buyer?.email ?? null,
    key: `softgate_${quote}_customer`,
  })
  const kept = await context.database.transaction(id, async ({ accounts }) => {
    const present = await accounts.find(id)
    // The host may have named one meanwhile: that one counts, and ours stays unused.
    if (!present || present.stripeCustomerId !== null) return present?.stripeCustomerId ?? created
    await accounts.save({ ...present, stripeCustomerId: created }, context.clock.now())
    return created
  })
  changed(context, id)
  return kept
}

/**
 * Closes every page on which the customer could begin another subscription, before it is looked whether one has begun: in
 * this order nothing can slip through between. Returns the page of this very quote, whose reply was lost.
 */
async function closeOthers(context: Context, customer: string, quote: QuoteRecord): Promise<LiveSession | null> {
  const gateway = requireGateway(context)
  const open = await gateway.openSessions(customer)
  for (const other of open.filter((session) => session.quote !== quote.id)) await gateway.expireSession(other.id)
  return open.find((session) => session.quote === quote.id) ?? null
}

interface Attempt {
  upgrade: UpgradeRecord
  quote: QuoteRecord
  customer: string
}

/** What keeps the subscription from beginning at the price that was shown, or null. */
async function refusal(context: Context, { upgrade, quote, customer }: Attempt): Promise<Outcome['reason']> {
  const standing = await standingSubscription(context, { id: upgrade.account, stripeCustomerId: customer })
  if (standing) return stale('The account has a subscription by now.')
  const { steps, prorationDate, amountDue, currency, livemode } = quote
  const how = dueOf(steps.update, prorationDate)
  if (!how) throw new Error(`The quote ${quote.id} begins a subscription without an update`)
  const items = steps.update?.items ?? []
  const { discounts } = how
  const tax = steps.update?.tax ?? null
  const due = await requireGateway(context).preview({ customer, subscription: null, items, when: how, discounts, tax })
  if (due.placeless !== steps.placeless) return stale('Where the customer is has changed since the quote.')
  if (due.livemode !== livemode) return stale('The quote was made in the other mode of Stripe.')
  return due.amountDue === amountDue && due.currency === currency
    ? null
    : stale('The price has changed since the quote.')
}

function openSession(context: Context, { upgrade, quote, customer }: Attempt): Promise<LiveSession> {
  const returnTo = new URL(context.catalog.checkoutReturn ?? '')
  returnTo.searchParams.set('softgate_upgrade', upgrade.id)
  const gateway = requireGateway(context)
  return gateway.openSession({
    account: upgrade.account,
    customer,
    items: quote.steps.update?.items ?? [],
    trialDays: quote.steps.update?.trialDays ?? null,
    discounts: quote.steps.update?.discounts ?? null,
    tax: quote.steps.update?.tax ?? null,
    asksPlace: quote.steps.placeless,
    quote: quote.id,
    // Without a publishable key no page could show it.
    embedded: context.catalog.checkout === 'embedded' && gateway.publishableKey !== null,
    returnTo: returnTo.href,
  })
}

const openPage = (context: Context, upgrade: UpgradeRecord, { id, url, clientSecret, expiresAt }: LiveSession) =>
  save(context, upgrade, { phase: 'checkout', checkout: { session: id, url: url ?? '', clientSecret, expiresAt } })

/** Reads where the page stands. Applied means paid, and the subscription is kept before anybody hears of it. */
async function settleCheckout(context: Context, upgrade: UpgradeRecord, quote: QuoteRecord): Promise<UpgradeRecord> {
  const gateway = requireGateway(context)
  const session = await gateway.session(upgrade.checkout?.session ?? '')
  if (session?.status === 'open') return save(context, upgrade, { phase: 'checkout' })
  if (!session || session.status === 'expired') return save(context, upgrade, { phase: 'expired', reason: expired })
  const [live, payment] = await Promise.all([
    session.paid || session.subscription === null ? null : gateway.subscription(session.subscription),
    session.invoice === null ? null : gateway.payment(session.invoice),
  ])
  const far = paymentOn(session, live, payment)
  if (far === 'settling') return save(context, upgrade, { phase: 'processing' })
  const invoice = payment?.invoice ?? null
  if (far === 'paid' && payment) compareCharge(context, upgrade, quote, payment)
  // What began stands at Stripe, paid or not.
  const account = await context.database.read.accounts.find(upgrade.account)
  if (account) await standingSubscription(context, account)
  return save(context, upgrade, far === 'paid' ? { phase: 'applied', invoice } : { phase: 'expired', reason: failed })
}

const expired = {
  code: 'expired',
  detail: 'The checkout page was not paid in time. Nothing was charged and nothing changed.',
}

const failed = {
  code: 'payment_failed',
  detail: 'The payment did not go through. Nothing was charged.',
}

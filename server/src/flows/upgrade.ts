import type { Upgrade, UpgradeCardInput } from '@softgate/sdk/contract'
import { isChange, isClosed, type QuoteRecord, type UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Stores } from '../store/stores.ts'
import { requireWithinCap } from './cap.ts'
import { type Context, changed, requireGateway, requirePurchase, type Who } from './context.ts'
import { answerOf, quoteOf } from './upgrade-answer.ts'
import { payWithCard } from './upgrade-card.ts'
import { abandonCheckout, driveCheckout } from './upgrade-checkout.ts'
import { abandon, drive } from './upgrade-drive.ts'
import { confirmKey, leased, leaseMs, takeUpKey, whenFree } from './upgrade-lease.ts'
import { releaseLease } from './upgrade-save.ts'

/**
 * Confirms a quote. The intent is stored before Stripe hears of it, under an id that is Stripe's idempotency key as well:
 * sent twice, by two callers, after a lost reply or from two processes, it is one charge and one answer.
 */
export async function confirmUpgrade(context: Context, who: Who, quoteId: string): Promise<Upgrade> {
  await requirePurchase(context, who)
  requireGateway(context)
  return context.sharing.together(confirmKey(who.account, quoteId), async () => {
    for (;;) {
      const claim = await context.database.transaction(who.account, (stores) =>
        claimQuote(context, stores, who, quoteId),
      )
      if (claim.state === 'closed') return answerOf(context, claim.upgrade)
      // Whoever reloads before Stripe has answered finds it open.
      if (claim.state === 'mine' && claim.first) changed(context, who.account)
      if (claim.state === 'mine')
        return answerOf(context, await driving(context, claim.upgrade, claim.quote, claim.first))
      if (claim.state === 'older') await giveWay(context, claim.upgrade)
      else await whenFree(context, claim.upgrade)
    }
  })
}

/** Confirms a quote that we made ourselves; nobody has to be asked whether they may. Left for later while another is open. */
export async function confirmOwn(context: Context, who: Who, quoteId: string): Promise<UpgradeRecord> {
  const claim = await context.database.transaction(who.account, (stores) => claimQuote(context, stores, who, quoteId))
  return claim.state === 'mine' ? driving(context, claim.upgrade, claim.quote, claim.first) : claim.upgrade
}

/** Gives up a change that we made ourselves and that is not paid. */
export const cancelOwn = (context: Context, upgrade: UpgradeRecord): Promise<UpgradeRecord> =>
  giveUp(context, upgrade, canceled)

/** Where an upgrade stands; an open one is looked up at Stripe first, so that a lost webhook delays nothing. */
export async function showUpgrade(context: Context, who: Who, id: string): Promise<Upgrade> {
  await requirePurchase(context, who)
  const found = await findUpgrade(context, who, id)
  return answerOf(context, isClosed(found) ? found : await takeUp(context, found))
}

/** Gives up an upgrade that waits for its payment: its invoice is voided or its page closed, so that it can never be charged. */
export async function cancelUpgrade(context: Context, who: Who, id: string): Promise<Upgrade> {
  await requirePurchase(context, who)
  const found = await findUpgrade(context, who, id)
  if (isClosed(found))
    throw new ProblemError('upgrade_closed', `The upgrade is ${found.phase}; there is nothing left to cancel.`)
  return answerOf(context, await giveUp(context, found, canceled))
}

/**
 * Pays an upgrade whose payment failed: with a saved card at once, or, without one, with the card that its user enters in the
 * page; also tells whether that card is to pay later invoices.
 */
export async function payUpgrade(context: Context, who: Who, id: string, input: UpgradeCardInput): Promise<Upgrade> {
  await requirePurchase(context, who)
  const found = await findUpgrade(context, who, id)
  const quote = await quoteOf(context, found)
  if (isClosed(found) || !isChange(quote))
    throw new ProblemError('upgrade_closed', `The upgrade is ${found.phase}; no card is asked for.`)
  await requireWithinCap(context, context.database.read.billing, who, quote)
  const mine = await claimAnyhow(context, found)
  if (isClosed(mine)) return answerOf(context, mine)
  try {
    const chosen = await payWithCard(context, mine, quote, input)
    return answerOf(context, await driving(context, chosen, quote, false))
  } catch (error) {
    await releaseLease(context, mine)
    throw error
  }
}

async function giveUp(context: Context, found: UpgradeRecord, reason: UpgradeRecord['reason']): Promise<UpgradeRecord> {
  const quote = await quoteOf(context, found)
  let mine = await claimAnyhow(context, found)
  if (isClosed(mine)) return mine
  if (!isChange(quote) && mine.checkout === null) {
    // Its page may be on the way to Stripe: sending it again under the same key finds it, so that it can be closed.
    await driving(context, mine, quote, false)
    mine = await claimAnyhow(context, mine)
  }
  if (isClosed(mine)) return mine
  try {
    return await leased(context, mine, () =>
      isChange(quote) ? abandon(context, mine, quote) : abandonCheckout(context, mine, quote, reason),
    )
  } catch (error) {
    // Nothing is known to have ended; whoever asks next need not wait for this lease to run out.
    await releaseLease(context, mine)
    throw error
  }
}

/** Closes an older checkout page, so that a newer choice can have one: two that could both be paid never exist. */
async function giveWay(context: Context, older: UpgradeRecord): Promise<void> {
  // It may be on its way in this very process: that ends by itself, without asking the clock.
  await context.sharing.ended(confirmKey(older.account, older.quote))
  const after = await giveUp(context, older, replaced)
  if (!isClosed(after)) throw stillOpen(after)
}

const stillOpen = (open: UpgradeRecord | null): ProblemError =>
  new ProblemError(
    'upgrade_open',
    `The upgrade ${open?.id} waits for its payment. Finish it, or cancel it with DELETE /v1/upgrades/${open?.id}.`,
  )

const canceled = { code: 'canceled', detail: 'The checkout page was closed before it was paid. Nothing was charged.' }
const replaced = { code: 'replaced', detail: 'Another choice took the place of this one. Nothing was charged for it.' }

/**
 * Brings an open upgrade forward if no other process works on it; otherwise tells what is known. Within this process one look
 * serves all who ask: the user who comes back from a payment does not miss the webhook by a moment.
 */
export function takeUp(context: Context, upgrade: UpgradeRecord): Promise<UpgradeRecord> {
  return context.sharing.together(takeUpKey(upgrade.account, upgrade.id), async () => {
    const claimed = await context.database.transaction(upgrade.account, (stores) =>
      claimUpgrade(context, stores, upgrade),
    )
    return claimed ? driving(context, claimed, await quoteOf(context, claimed), false) : upgrade
  })
}

async function driving(
  context: Context,
  upgrade: UpgradeRecord,
  quote: QuoteRecord,
  first: boolean,
): Promise<UpgradeRecord> {
  try {
    return await leased(context, upgrade, () =>
      isChange(quote) ? drive(context, upgrade, quote, first) : driveCheckout(context, upgrade, quote, first),
    )
  } catch (error) {
    // Unknown is not failed: the intent stays, and the next caller or the sweep goes on from it.
    if (!(error instanceof ProblemError && error.code === 'billing_unavailable')) throw error
    context.failed(error, `confirming the upgrade ${upgrade.id}`)
    return releaseLease(context, upgrade)
  }
}

type Claim =
  | { state: 'closed'; upgrade: UpgradeRecord }
  | { state: 'taken'; upgrade: UpgradeRecord }
  /** Another quote's checkout page is open; it makes way. */
  | { state: 'older'; upgrade: UpgradeRecord }
  | { state: 'mine'; upgrade: UpgradeRecord; quote: QuoteRecord; first: boolean }

async function claimQuote(context: Context, stores: Stores, who: Who, id: string): Promise<Claim> {
  const { account, user } = who
  const quote = await stores.billing.findQuote(account, id)
  if (!quote) throw new ProblemError('quote_unknown', `There is no quote "${id}" in ${account}.`)
  const known = await stores.billing.findUpgradeOfQuote(account, id)
  if (known) {
    if (isClosed(known)) return { state: 'closed', upgrade: known }
    const upgrade = await claimUpgrade(context, stores, known)
    return upgrade ? { state: 'mine', upgrade, quote, first: false } : { state: 'taken', upgrade: known }
  }
  const now = context.clock.now()
  if (now >= quote.expiresAt)
    throw new ProblemError('quote_expired', 'The quote has expired. Nothing was charged. Ask for a new one.')
  await requireWithinCap(context, stores.billing, who, quote)
  const upgrade: UpgradeRecord = {
    account,
    id: context.ids('upg'),
    quote: id,
    user,
    phase: 'confirming',
    invoice: null,
    clientSecret: null,
    failedMethod: null,
    card: null,
    reason: null,
    checkout: null,
    leaseOwner: context.instance,
    leaseUntil: now + leaseMs,
    createdAt: now,
    updatedAt: now,
  }
  if (await stores.billing.openUpgrade(upgrade)) return { state: 'mine', upgrade, quote, first: true }
  const open = await stores.billing.findOpenUpgrade(account)
  const itsQuote = open && (await stores.billing.findQuote(account, open.quote))
  if (open && itsQuote && !isChange(itsQuote)) return { state: 'older', upgrade: open }
  throw stillOpen(open)
}

/** Takes the lease of an open upgrade; null when somebody else holds it. */
async function claimUpgrade(
  context: Context,
  { billing }: Stores,
  { account, id }: UpgradeRecord,
): Promise<UpgradeRecord | null> {
  const current = await billing.findUpgrade(account, id)
  const now = context.clock.now()
  if (!current || isClosed(current) || current.leaseUntil > now) return null
  const claimed = { ...current, leaseOwner: context.instance, leaseUntil: now + leaseMs }
  await billing.saveUpgrade(claimed)
  return claimed
}

async function claimAnyhow(context: Context, upgrade: UpgradeRecord): Promise<UpgradeRecord> {
  for (;;) {
    const claimed = await context.database.transaction(upgrade.account, (stores) =>
      claimUpgrade(context, stores, upgrade),
    )
    if (claimed) return claimed
    const current = await context.database.read.billing.findUpgrade(upgrade.account, upgrade.id)
    if (!current || isClosed(current)) return current ?? upgrade
    await whenFree(context, current)
  }
}

async function findUpgrade({ database }: Context, { account }: Who, id: string): Promise<UpgradeRecord> {
  const found = await database.read.billing.findUpgrade(account, id)
  if (!found) throw new ProblemError('upgrade_unknown', `There is no upgrade "${id}" in ${account}.`)
  return found
}

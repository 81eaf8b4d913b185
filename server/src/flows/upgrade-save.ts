import { isClosed, type Payment, type QuoteRecord, type UpgradeRecord } from '../billing/model.ts'
import type { Outcome } from '../billing/outcome.ts'
import { type Context, changed } from './context.ts'

/** How long Stripe remembers an idempotency key for certain. */
export const keyMs = 24 * 3_600_000

/** Writes down what is known of an upgrade, lets go of its lease, and tells who listens if it came to another status. */
export async function save(
  context: Context,
  upgrade: UpgradeRecord,
  outcome: Partial<Outcome & Pick<UpgradeRecord, 'checkout'>>,
): Promise<UpgradeRecord> {
  const now = context.clock.now()
  const next: UpgradeRecord = { ...upgrade, ...outcome, leaseOwner: null, leaseUntil: 0, updatedAt: now }
  await context.database.transaction(upgrade.account, ({ billing }) => billing.saveUpgrade(next))
  // A look that found nothing new is no change: open pages are looked at again and again.
  if (JSON.stringify({ ...upgrade, ...outcome }) === JSON.stringify(upgrade)) return next
  changed(context, upgrade.account)
  if (next.phase !== upgrade.phase || isClosed(next)) {
    const status = next.phase === 'confirming' ? 'processing' : next.phase
    context.live.send(upgrade.account, 'upgrade', { id: upgrade.id, status })
  }
  return next
}

/** Ends an upgrade that was not paid. */
export const close = (context: Context, upgrade: UpgradeRecord, reason: Outcome['reason']): Promise<UpgradeRecord> =>
  save(context, upgrade, { phase: 'canceled', reason, clientSecret: null })

/** Lets others go on with the upgrade at once. */
export const releaseLease = (context: Context, upgrade: UpgradeRecord): Promise<UpgradeRecord> =>
  save(context, upgrade, {})

export const lost = {
  code: 'billing_unavailable',
  detail: 'Stripe never took the change. Nothing was charged. Ask for a new quote.',
}

/** Why a quote is not charged: what it was made for has changed, and the user is asked again. */
export const stale = (detail: string): { code: string; detail: string } => ({
  code: 'quote_stale',
  detail: `${detail} Nothing was charged. Ask for a new quote.`,
})

/** Quoted is charged: an invoice that says otherwise is a failure somebody has to look at. */
export function compareCharge(
  context: Context,
  upgrade: UpgradeRecord,
  { amountDue, currency, steps, body }: QuoteRecord,
  payment: Pick<Payment, 'invoice' | 'tax'> | null,
): void {
  const { invoice, tax } = payment ?? { invoice: null, tax: 0 }
  const charged = invoice?.amountDue.amount ?? 0
  // Tax that hangs on what the page asks for, an address or a tax number, is shown there. Credit may pay it too.
  const asked = steps.placeless || steps.update?.tax?.ids === true
  const without = (amount: number, ofIt: number): number => (asked ? Math.max(0, amount - ofIt) : amount)
  const [quoted, invoiced] = [without(amountDue, body.tax.amount), without(charged, tax)]
  if (quoted === invoiced) return
  const beside = asked ? ' before tax' : ''
  context.failed(
    new Error(`quoted ${quoted}, invoiced ${invoiced} ${currency}${beside} on ${invoice?.id ?? 'no invoice'}`),
    `comparing the upgrade ${upgrade.id}`,
  )
}

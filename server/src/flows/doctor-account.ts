import type { Finding } from '@softgate/sdk/contract'
import { hasEnded, isLive, type SubscriptionRecord } from '../accounts/model.ts'
import { toRecord } from '../billing/sync.ts'
import { toIso } from '../kernel/clock.ts'
import { type Context, requireGateway } from './context.ts'
import { examineUse } from './doctor-use.ts'
import { finding } from './finding.ts'
import { reconcileAccount } from './stripe-event.ts'
import { forgetCustomer, keepLook, type Seen, seeSubscriptions } from './sync.ts'

/** A payment that has not come to an end after this long has been forgotten by somebody. */
const openTooLongMs = 24 * 3_600_000

interface Payer {
  id: string
  customer: string
}

/** What differs between an account here and its customer at Stripe. */
export async function examineAccount(context: Context, payer: Payer, mend: boolean): Promise<Finding[]> {
  if (!context.gateway || context.catalog.billing === 'off') return []
  const { id, customer } = payer
  const seen = await seeSubscriptions(context, { id, stripeCustomerId: customer })
  const gone = seen.standing.length === 0 ? await examineCustomer(context, payer, mend) : []
  if (gone.length > 0) return gone
  return [
    ...doubled(payer, seen),
    ...(await examineSubscription(context, id, seen, mend)),
    ...(await examineUpgrade(context, id, seen.observedAt, mend)),
    ...(await examineUse(context, id, mend)),
  ]
}

/** Who pays for nothing may be nobody any more. */
async function examineCustomer(context: Context, { id, customer }: Payer, mend: boolean): Promise<Finding[]> {
  const state = await requireGateway(context).customer(customer)
  if (state === 'there') return []
  if (state === 'unknown')
    return [
      finding(
        'customer_missing',
        id,
        `Stripe knows no customer ${customer}; the key may be of another mode or account.`,
        `Check STRIPE_SECRET_KEY, or name its customer with PUT /v1/accounts/${id}.`,
      ),
    ]
  if (mend) await forgetCustomer(context, id, customer)
  const detail = `The customer ${customer} was deleted at Stripe: nothing can be bought for it.`
  return [{ ...finding('customer_missing', id, detail, 'Run again with --mend: it gets a new one.'), mended: mend }]
}

function doubled({ id, customer }: Payer, { standing }: Seen): Finding[] {
  if (standing.length < 2) return []
  const ids = standing.map((subscription) => subscription.id).join(' and ')
  const detail = `The customer ${customer} pays for ${ids}.`
  return [finding('subscriptions_doubled', id, detail, 'End all but one at Stripe.')]
}

async function examineSubscription(
  context: Context,
  id: string,
  { main, observedAt }: Seen,
  mend: boolean,
): Promise<Finding[]> {
  const kept = await context.database.read.accounts.findSubscription(id)
  const findings: Finding[] = []
  if (!main) {
    if (!isLive(kept)) return []
    const detail = `The database has ${wordsOf(kept)}, Stripe has no subscription.`
    return [finding('subscription_differs', id, detail, 'Look at its customer at Stripe.')]
  }
  const seen = toRecord(context.catalog, id, main, observedAt)
  if (!isSame(seen, kept)) {
    if (mend) await keepLook(context, id, main, observedAt)
    const detail = `The database has ${wordsOf(kept)}, Stripe has ${wordsOf(seen)}.`
    findings.push({ ...finding('subscription_differs', id, detail, 'Run again with --mend.'), mended: mend })
  }
  if (seen.plan === null && !hasEnded(seen))
    findings.push(
      finding(
        'plan_unknown',
        id,
        `The subscription ${seen.id} bills no price of the catalogue.`,
        'Add its plan to the catalogue, or move it to a price of the catalogue.',
      ),
    )
  return findings
}

async function examineUpgrade(context: Context, id: string, now: number, mend: boolean): Promise<Finding[]> {
  const { billing } = context.database.read
  const open = await billing.findOpenUpgrade(id)
  if (!open || open.createdAt >= now - openTooLongMs) return []
  if (mend) await reconcileAccount(context, id)
  const detail = `The upgrade ${open.id} has been ${open.phase} since ${toIso(open.createdAt)}.`
  const mended = mend && (await billing.findOpenUpgrade(id)) === null
  return [{ ...finding('upgrade_stuck', id, detail, 'Run again with --mend, or cancel it.'), mended }]
}

/** All that a look tells; when it was made, and since when we have seen the status, it does not. */
const isSame = (seen: SubscriptionRecord, kept: SubscriptionRecord | null): boolean =>
  kept !== null && canonical(seen) === canonical(kept)

/** PostgreSQL keeps the keys of what is within in an order of its own. */
const canonical = ({ observedAt, statusSince, ...rest }: SubscriptionRecord): string =>
  JSON.stringify(rest, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(byKey))
      : value,
  )

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

function wordsOf(record: SubscriptionRecord | null): string {
  if (!record) return 'no subscription'
  const units = Object.entries(record.quantities).map(([feature, quantity]) => `${quantity} ${feature}`)
  return [record.id, record.status, record.plan ?? 'no plan', ...units, `until ${toIso(record.periodEnd)}`].join(', ')
}

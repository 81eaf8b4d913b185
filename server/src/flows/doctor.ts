import type { DoctorAnswer, DoctorInput, Finding } from '@softgate/sdk/contract'
import { hasEnded, type SubscriptionRecord } from '../accounts/model.ts'
import { planPush } from '../billing/push.ts'
import { toRecord } from '../billing/sync.ts'
import { toIso } from '../kernel/clock.ts'
import type { Context } from './context.ts'
import { examineUse } from './doctor-use.ts'
import { finding } from './finding.ts'
import { reconcileAccount } from './stripe-event.ts'
import { keepLook, seeSubscriptions } from './sync.ts'

/** Accounts that one call looks at: each costs a call to Stripe. */
const page = 50
/** A payment that has not come to an end after this long has been forgotten by somebody. */
const openTooLongMs = 24 * 3_600_000

/**
 * Compares catalogue, database and Stripe, a page of accounts at a time, and names every difference with its way out. With
 * `mend`, what can be mended without a choice is: Stripe's word is taken for subscriptions and upgrades.
 */
export async function doctor(context: Context, { after, mode }: DoctorInput): Promise<DoctorAnswer> {
  const findings = after === undefined ? await examineCatalogue(context) : []
  const accounts = await context.database.read.accounts.customersAfter(after ?? '', page)
  for (const account of accounts) findings.push(...(await examineAccount(context, account, mode === 'mend')))
  return { findings, next: accounts.length === page ? (accounts.at(-1)?.id ?? null) : null }
}

async function examineCatalogue({ catalog, gateway }: Context): Promise<Finding[]> {
  if (catalog.billing === 'off') return []
  if (!gateway)
    return [
      finding('stripe_key_missing', 'stripe', 'No Stripe key is set: nothing can be bought.', 'Set STRIPE_SECRET_KEY.'),
    ]
  const { steps, conflicts } = planPush(catalog, await gateway.catalogue(catalog))
  return [
    ...conflicts.map((detail) => finding('foreign_price', 'stripe', detail, 'Then run "softgate push".')),
    ...(steps.length === 0
      ? []
      : [
          finding(
            'catalogue_differs',
            'stripe',
            `Products or prices at Stripe differ from the catalogue in ${steps.length} respects.`,
            'Run "softgate push".',
          ),
        ]),
  ]
}

async function examineAccount(
  context: Context,
  { id, customer }: { id: string; customer: string },
  mend: boolean,
): Promise<Finding[]> {
  if (!context.gateway || context.catalog.billing === 'off') return []
  const { read } = context.database
  const { main, standing, observedAt } = await seeSubscriptions(context, { id, stripeCustomerId: customer })
  const kept = await read.accounts.findSubscription(id)
  const seen = main && toRecord(context.catalog, id, main, observedAt)
  const findings: Finding[] = []
  if (standing.length > 1) {
    const ids = standing.map((subscription) => subscription.id).join(' and ')
    findings.push(
      finding('subscriptions_doubled', id, `The customer ${customer} pays for ${ids}.`, 'End all but one at Stripe.'),
    )
  }
  if (seen && !isSame(seen, kept)) {
    if (mend) await keepLook(context, id, main, observedAt)
    const detail = `The database has ${wordsOf(kept)}, Stripe has ${wordsOf(seen)}.`
    findings.push({ ...finding('subscription_differs', id, detail, 'Run again with --mend.'), mended: mend })
  }
  if (seen && seen.plan === null && !hasEnded(seen))
    findings.push(
      finding(
        'plan_unknown',
        id,
        `The subscription ${seen.id} bills no price of the catalogue.`,
        'Add its plan to the catalogue, or move it to a price of the catalogue.',
      ),
    )
  const open = await read.billing.findOpenUpgrade(id)
  if (open && open.createdAt < observedAt - openTooLongMs) {
    if (mend) await reconcileAccount(context, id)
    const detail = `The upgrade ${open.id} has been ${open.phase} since ${toIso(open.createdAt)}.`
    const ended = mend && (await read.billing.findOpenUpgrade(id)) === null
    findings.push({ ...finding('upgrade_stuck', id, detail, 'Run again with --mend, or cancel it.'), mended: ended })
  }
  findings.push(...(await examineUse(context, id)))
  return findings
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

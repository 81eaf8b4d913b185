import type { Finding } from '@softgate/sdk/contract'
import type { BillingGateway } from '../billing/port.ts'
import { planPush } from '../billing/push.ts'
import { wordsOf } from '../billing/push-words.ts'
import type { Context } from './context.ts'
import { finding } from './finding.ts'
import { syncAccount } from './sync.ts'

/** What is wrong with Stripe as a whole: what is sold there, and how we hear of it. */
export async function examineStripe({ catalog, gateway }: Context, mend: boolean): Promise<Finding[]> {
  if (catalog.billing === 'off') return []
  if (!gateway)
    return [
      finding('stripe_key_missing', 'stripe', 'No Stripe key is set: nothing can be bought.', 'Set STRIPE_SECRET_KEY.'),
    ]
  const { steps, conflicts } = planPush(catalog, await gateway.catalogue(catalog))
  const apply = mend && conflicts.length === 0
  if (apply) for (const step of steps) await gateway.push(step)
  return [
    ...conflicts.map((detail) => finding('foreign_price', 'stripe', detail, 'Then run "softgate push".')),
    ...steps.map((step) => ({
      ...finding(
        'catalogue_differs',
        'stripe',
        `To be as the catalogue says: ${wordsOf(step)}.`,
        'Run "softgate push".',
      ),
      mended: apply,
    })),
    ...(await examineWebhooks(gateway, mend)),
  ]
}

async function examineWebhooks(gateway: BillingGateway, mend: boolean): Promise<Finding[]> {
  const { secret, endpoints } = await gateway.webhooks()
  const findings: Finding[] = []
  if (!secret)
    findings.push(
      finding(
        'webhook_secret_missing',
        'stripe',
        'No signing secret is set: every webhook is refused.',
        'Set STRIPE_WEBHOOK_SECRET to the secret of the endpoint.',
      ),
    )
  const [first] = endpoints
  if (!first)
    findings.push(
      finding(
        'webhook_missing',
        'stripe',
        'Stripe has no endpoint that ends in /v1/webhooks/stripe: changes made there are seen a day late.',
        'Add one in the Stripe dashboard, and set STRIPE_WEBHOOK_SECRET to its secret.',
      ),
    )
  else if (endpoints.every(({ enabled, missing }) => !enabled || missing.length > 0)) {
    const { id, url, enabled, missing } = first
    if (mend) await gateway.mendWebhook(id)
    const what = enabled ? `is not told of ${missing.join(', ')}` : 'is switched off'
    const detail = `The endpoint ${id} (${url}) ${what}.`
    findings.push({ ...finding('webhook_differs', 'stripe', detail, 'Run again with --mend.'), mended: mend })
  }
  return findings
}

/** Subscriptions to something of ours whose customer is of no account here. */
export async function examineSubscriptions(
  context: Context,
  after: string | null,
  mend: boolean,
): Promise<{ found: Finding[]; last: string | null }> {
  const { catalog, database, gateway } = context
  if (!gateway || catalog.billing === 'off') return { found: [], last: null }
  const { subscriptions, last } = await gateway.standingAfter(after)
  const found: Finding[] = []
  for (const { id, customer, account } of subscriptions) {
    if ((await database.read.accounts.idOfCustomer(customer)) !== null) continue
    const named = account === null ? null : await database.read.accounts.find(account)
    const detail = `The customer ${customer} pays for ${id}, and no account here has that customer.`
    const mended = mend && named?.stripeCustomerId === null
    if (mended) await take(context, named.id, customer)
    const way =
      named?.stripeCustomerId === null
        ? `Run again with --mend: it was bought for ${named.id}.`
        : `Name the customer with PUT /v1/accounts/…, or end the subscription at Stripe.`
    found.push({ ...finding('subscription_unknown', 'stripe', detail, way), mended })
  }
  return { found, last }
}

async function take(context: Context, id: string, customer: string): Promise<void> {
  const taken = await context.database.transaction(id, async ({ accounts }) => {
    const present = await accounts.find(id)
    if (!present || present.stripeCustomerId !== null) return null
    const account = { ...present, stripeCustomerId: customer }
    await accounts.save(account, context.clock.now())
    return account
  })
  if (taken) await syncAccount(context, taken)
}

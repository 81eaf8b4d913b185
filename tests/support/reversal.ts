import type { State } from '@softgate/sdk/contract'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { ChangeRules } from '../../server/src/catalog/model.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { buy, type Wanted } from './buying.ts'
import { cleanup } from './cleanup.ts'
import { day, openHarness, subscribe } from './harness.ts'
import { freshSqlite } from './sqlite.ts'

/** Five seats of Starter, ten days into the month, with the changes made one after the other. */
export async function opened(
  wanted: Wanted[],
  rules: Partial<ChangeRules> = {},
  billing: 'classic' | 'flexible' = 'flexible',
) {
  const database = freshSqlite()
  const config = { ...teamflow, changes: { ...teamflow.changes, ...rules } }
  const harness = await openHarness({ config, database })
  const { customer, subscription } = await subscribe(harness, { taken: 3, billing })
  await harness.clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const intentOf = async (invoice: string) => {
    const { data } = await harness.stripe.invoicePayments.list({ invoice })
    return String(data[0]?.payment.payment_intent)
  }
  const intents: string[] = []
  for (const one of wanted) {
    const { invoice } = (await buy(priya(), one)).upgrade
    if (invoice) intents.push(await intentOf(invoice.id))
    await harness.clock.advance(day)
  }
  const told = async () => {
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  /** Gives the payment of an upgrade back, by its place, or another one. */
  const refund = async (payment: number | string) => {
    const intent = typeof payment === 'number' ? (intents[payment] ?? '') : payment
    await harness.stripe.refunds.create({ payment_intent: intent })
    await told()
  }
  /** Changes the subscription as somebody would in Stripe's dashboard, and tells the payment. */
  const outside = async (key: string, quantity: number) => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    const price = harness.prices.get(key) ?? ''
    const own = items.data.find((item) => item.price.lookup_key?.startsWith('softgate_addon') === key.includes('addon'))
    const { latest_invoice: invoice } = await harness.stripe.subscriptions.update(subscription, {
      items: [{ ...(own && { id: own.id }), price, quantity }],
      proration_behavior: 'always_invoice',
    })
    await told()
    await harness.clock.advance(day)
    return intentOf(typeof invoice === 'string' ? invoice : (invoice?.id ?? ''))
  }
  /** The payment with which the subscription began. */
  const first = async () => {
    const { data } = await harness.stripe.charges.list()
    return String(data.at(-1)?.payment_intent)
  }
  const held = async () => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    return items.data.map(({ price, quantity }) => [price.lookup_key, quantity])
  }
  const balance = async () => {
    const found = await harness.stripe.customers.retrieve(customer)
    return found.deleted ? null : found.balance
  }
  const reader = await openDatabase({ url: database, instance: 'reader', clock: harness.clock })
  cleanup(() => reader.close())
  const movements = async () =>
    (await reader.read.billing.settlements('acme', 0)).map(({ kind, amount, upgrade }) => [
      kind,
      amount,
      upgrade !== null,
    ])
  /** The plan, what waits for the renewal, and what the customer has to its credit. */
  const stands = async () => {
    const { account, pending } = await priya().ok<State>('GET', '/state')
    return [account.plan.key, pending?.kind ?? null, await balance()]
  }
  return { harness, customer, priya, intents, told, refund, outside, first, held, stands, balance, movements }
}

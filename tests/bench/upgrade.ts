import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Quote, State, Upgrade } from '@softgate/sdk/contract'
import { mintToken } from '@softgate/sdk/host'
import { createSoftgate, createStripeClient, pushCatalog } from '@softgate/server'
import { createStripeSandbox } from '@softgate/server/sandbox'
import type Stripe from 'stripe'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { type Bench, median } from './pair.ts'

// An account may ask for 30 quotes a minute.
const rounds = 25
const secretKey = 'sg_test_abcdefghijklmnopqrstuvwx'

const timed = async <T>(work: () => Promise<T>): Promise<[ms: number, T]> => {
  const from = performance.now()
  const result = await work()
  return [performance.now() - from, result]
}

/** The calls that a quote of more seats makes, bare. */
async function bareQuote(stripe: Stripe, { id, item, customer, quantity, date }: Bare): Promise<void> {
  const found = await stripe.subscriptions.retrieve(id, { expand: ['customer', 'schedule'] })
  await stripe.prices.list({ lookup_keys: ['softgate_starter_month_usd'], active: true, limit: 100 })
  const items = [{ id: item, quantity }]
  const due = { items, proration_behavior: 'always_invoice' as const, proration_date: date }
  await Promise.all([
    stripe.invoices.createPreview({ customer, subscription: id, subscription_details: due }),
    stripe.invoices.createPreview({
      customer,
      subscription: id,
      subscription_details: { items, proration_behavior: 'none' },
    }),
    stripe.invoices.createPreview({ customer, subscription: id, preview_mode: 'recurring' }),
    stripe.paymentMethods.retrieve(String((found.customer as Stripe.Customer).invoice_settings.default_payment_method)),
  ])
}

interface Bare {
  id: string
  item: string
  customer: string
  quantity: number
  date: number
}

/** The calls that its confirmation makes, bare: look, preview, change, look, read the invoice. */
async function bareUpgrade(stripe: Stripe, { id, item, customer, quantity, date }: Bare): Promise<void> {
  const items = [{ id: item, quantity }]
  const due = { items, proration_behavior: 'always_invoice' as const, proration_date: date }
  await stripe.subscriptions.retrieve(id, { expand: ['customer', 'schedule'] })
  await stripe.invoices.createPreview({ customer, subscription: id, subscription_details: due })
  await stripe.subscriptions.update(id, { ...due, payment_behavior: 'pending_if_incomplete' })
  const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(id, { expand: ['customer', 'schedule'] })
  await Promise.all([
    stripe.invoices.retrieve(String(invoice)),
    stripe.invoicePayments.list({ invoice: String(invoice), expand: ['data.payment.payment_intent.latest_charge'] }),
  ])
}

/** How much a quote and its upgrade cost beside the calls to Stripe that they are made of, against the local Stripe. */
export const upgradeBench: Bench = {
  title: 'a quote and its upgrade, beside the same calls to the local Stripe made bare',
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'softgate-upgrade-'))
    const sandbox = createStripeSandbox({})
    const { url } = await sandbox.listen(0)
    const stripe = createStripeClient({ secretKey: 'sk_test_bench', apiUrl: url, webhookSecret: undefined })
    const prices = await pushCatalog(stripe, config)
    const softgate = await createSoftgate({
      config,
      database: join(folder, 'bench.db'),
      secretKeys: [secretKey],
      stripe: { secretKey: 'sk_test_bench', apiUrl: url, webhookSecret: 'whsec_bench' },
    })
    try {
      const api = (credential: string) => createApi((to, init) => softgate.app.request(to, init), '/v1', credential)
      const subscribed = async (name: string) => {
        const customer = await stripe.customers.create({ name })
        const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
        await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
        const price = prices.get('softgate_starter_month_usd') ?? ''
        const { id, items } = await stripe.subscriptions.create({
          customer: customer.id,
          items: [{ price, quantity: 5 }],
        })
        return { id, item: items.data[0]?.id ?? '', customer: customer.id }
      }
      const [mine, theirs] = [await subscribed('ours'), await subscribed('bare')]
      const host = api(secretKey)
      await host.ok('PUT', '/accounts/ours', { stripeCustomerId: mine.customer })
      await host.ok('PUT', '/accounts/ours/users/ada', { role: 'owner' })
      const { token } = mintToken({ secretKey, account: 'ours', user: 'ada', may: ['purchase'], now: Date.now() })
      const ada = api(token)
      const spent = {
        quote: [] as number[],
        upgrade: [] as number[],
        bareQuote: [] as number[],
        bareUpgrade: [] as number[],
      }
      for (let round = 0; round <= rounds; round++) {
        const { offers } = await ada.ok<State>('GET', '/state')
        const offer = offers.find(({ kind }) => kind === 'add')?.id
        const [quote, quoted] = await timed(() => ada.ok<Quote>('POST', '/quotes', { offer, quantity: 1 }))
        const [upgrade, { status }] = await timed(() => ada.ok<Upgrade>('POST', '/upgrades', { quote: quoted.id }))
        if (status !== 'applied') throw new Error(`The upgrade of round ${round} is ${status}`)
        const bare: Bare = { ...theirs, quantity: 6 + round, date: Math.floor(sandbox.clock.now() / 1_000) }
        const [quoteAlone] = await timed(() => bareQuote(stripe, bare))
        const [upgradeAlone] = await timed(() => bareUpgrade(stripe, bare))
        if (round === 0) continue
        spent.quote.push(quote)
        spent.upgrade.push(upgrade)
        spent.bareQuote.push(quoteAlone)
        spent.bareUpgrade.push(upgradeAlone)
      }
      const ms = (values: number[]): string => `${median(values).toFixed(1)} ms`
      say(`quote ${ms(spent.quote)}, its calls ${ms(spent.bareQuote)}`)
      say(`upgrade ${ms(spent.upgrade)}, its calls ${ms(spent.bareUpgrade)}`)
      const ours = median(spent.quote) + median(spent.upgrade)
      const baseline = median(spent.bareQuote) + median(spent.bareUpgrade)
      return { ratio: ours / baseline, goal: 3, ours, baseline, unit: 'ms' }
    } finally {
      await softgate.close()
      await sandbox.close()
      rmSync(folder, { recursive: true })
    }
  },
}

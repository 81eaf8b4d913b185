import type { Permission } from '@softgate/sdk/contract'
import { mintToken } from '@softgate/sdk/host'
import { createSoftgate, createStripeClient, type Softgate, type SoftgateOptions } from '@softgate/server'
import type { StripeSandbox } from '@softgate/server/sandbox'
import type Stripe from 'stripe'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { createSandboxOn } from '../../server/sandbox/sandbox.ts'
import { type Api, createApi } from './api.ts'
import { cleanup } from './cleanup.ts'
import { createTestClock, start, type TestClock } from './clock.ts'
import { pushOnce } from './pushed.ts'
import { freshSqlite } from './sqlite.ts'

export { start }
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const secretKey = 'sg_test_abcdefghijklmnopqrstuvwx'
const stripeKey = 'sk_test_local'

export interface Harness {
  clock: TestClock
  sandbox: StripeSandbox
  stripe: Stripe
  softgate: Softgate
  /** Where the local Stripe listens. */
  stripeUrl: string
  /** Under the secret key. */
  host: Api
  /** As a user, with a token that may purchase unless told otherwise. */
  as(account: string, user: string, may?: Permission[]): Api
  token(account: string, user: string, may?: Permission[]): string
  prices: ReadonlyMap<string, string>
  /** Failures nobody was answered with. */
  failures: string[]
  /** Starts another server on the same database and the same Stripe. */
  again(options?: Partial<SoftgateOptions>): Promise<Softgate>
}

export interface HarnessOptions extends Partial<SoftgateOptions> {
  /** Milliseconds until a call to Stripe counts as lost. */
  timeoutMs?: number
  /** Where the server reaches Stripe, given where it is: a line that can be cut, say. */
  stripeVia?: (url: string) => Promise<string>
}

/** A real server in this process: a SQLite file or PostgreSQL, the official client against the local Stripe, a test clock. */
export async function openHarness({
  timeoutMs = 15_000,
  config = teamflow,
  stripeVia = (url) => Promise.resolve(url),
  ...options
}: HarnessOptions = {}): Promise<Harness> {
  const clock = createTestClock(start)
  const failures: string[] = []
  let softgate: Softgate | null = null
  const pushed = await pushOnce(config)
  const sandbox = createSandboxOn(pushed.disk, {
    now: clock.now,
    // Webhooks come straight in; the address is only a name.
    fetch: async (input, init) =>
      (await softgate?.app.request(new Request(input, init))) ?? new Response(null, { status: 503 }),
  })
  cleanup(() => sandbox.close())
  const { url: stripeUrl } = await sandbox.listen(0)
  const stripe = createStripeClient({
    secretKey: stripeKey,
    apiUrl: stripeUrl,
    webhookSecret: '',
    maxNetworkRetries: 0,
  })
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://softgate.test/v1/webhooks/stripe',
    enabled_events: ['*'],
  })
  const database = options.database ?? freshSqlite()
  const via = await stripeVia(stripeUrl)

  const again = async (more: Partial<SoftgateOptions> = {}): Promise<Softgate> => {
    const made = await createSoftgate({
      config,
      database,
      secretKeys: [secretKey],
      stripe: {
        secretKey: stripeKey,
        apiUrl: via,
        webhookSecret: endpoint.secret ?? '',
        publishableKey: 'pk_test_local',
        maxNetworkRetries: 0,
        timeoutMs,
      },
      clock,
      // Tests sweep when they mean to; in a clock that leaps by days it would go on all the time.
      sweepMs: 1_000 * 365 * day,
      // Its thread takes longer to start than most tests to run. Two servers on one file need it: a wait for the other's
      // lock would hold the other up.
      inlineWriter: true,
      onFailure: (error, doing) => failures.push(`${doing}: ${error instanceof Error ? error.message : error}`),
      ...options,
      ...more,
    })
    cleanup(() => made.close())
    return made
  }
  softgate = await again()
  const { app } = softgate
  const api = (credential: string): Api => createApi((url, init) => app.request(url, init), '/v1', credential)
  const token = (account: string, user: string, may: Permission[] = ['purchase']): string =>
    mintToken({ secretKey, account, user, may, now: clock.now() }).token
  const host = api(secretKey)
  return {
    clock,
    sandbox,
    stripe,
    softgate,
    stripeUrl,
    host,
    token,
    as: (account, user, may) => api(token(account, user, may)),
    prices: pushed.prices,
    failures,
    again,
  }
}

export interface AccountSpec {
  id?: string
  plan?: string
  interval?: 'month' | 'year'
  seats?: number
  taken?: number
  card?: string
  billing?: 'classic' | 'flexible'
  /** Days of trial the subscription begins with; none when left out. */
  trialDays?: number
  currency?: string
  /** What else Stripe is told when the subscription begins. */
  terms?: Partial<Stripe.SubscriptionCreateParams>
}

/** An account with a paid subscription, an admin `priya` and a member `sam`, all seats taken unless told otherwise. */
export async function subscribe(
  harness: Harness,
  spec: AccountSpec = {},
): Promise<{ id: string; customer: string; subscription: string }> {
  const {
    id = 'acme',
    plan = 'starter',
    interval = 'month',
    seats = 5,
    taken = seats,
    card = 'pm_card_visa',
    billing = 'flexible',
    trialDays = 0,
    currency = 'usd',
    terms,
  } = spec
  const { stripe, host, prices, clock } = harness
  const customer = await stripe.customers.create({ name: id, email: `billing@${id}.example` })
  // The first payment is made with a good card, whatever comes later.
  await useCard(harness, customer.id, 'pm_card_visa')
  const price = prices.get(`softgate_${plan}_${interval}_${currency}`)
  if (price === undefined) throw new Error(`no price for ${plan} by the ${interval} in ${currency}`)
  const metered = [...prices].filter(
    ([key]) => key.startsWith(`softgate_overage.${plan}.`) && key.endsWith(`_${interval}_${currency}`),
  )
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price, quantity: seats }, ...metered.map(([, id]) => ({ price: id }))],
    billing_mode: { type: billing },
    ...(trialDays > 0 && { trial_period_days: trialDays }),
    ...terms,
  })
  if (card !== 'pm_card_visa') await useCard(harness, customer.id, card)
  await host.ok('PUT', `/accounts/${id}`, { name: id, segment: 'smb', stripeCustomerId: customer.id })
  await host.ok('PUT', `/accounts/${id}/users/priya`, { role: 'owner', name: 'Priya Nair' })
  await host.ok('PUT', `/accounts/${id}/users/sam`, { role: 'member', name: 'Sam Ortiz' })
  const event = {
    id: `seats-${id}`,
    account: id,
    name: 'seats_taken',
    feature: 'seats',
    set: taken,
    time: new Date(clock.now()).toISOString(),
  }
  await host.ok('POST', '/events', { events: [event] })
  return { id, customer: customer.id, subscription: subscription.id }
}

/** Makes a fresh card of this kind the customer's default. */
export async function useCard({ stripe }: Pick<Harness, 'stripe'>, customer: string, card: string): Promise<void> {
  const method = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
}

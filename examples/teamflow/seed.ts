import { createHost } from '@softgate/sdk/host'
import type Stripe from 'stripe'

interface Demo {
  id: string
  name: string
  plan: 'starter' | 'business' | null
  interval: 'month' | 'year'
  seats: number
  card: string | null
  users: [id: string, name: string, role: 'owner' | 'admin' | 'member'][]
}

/** The accounts of the demo: `acme` is full, `birch` pays nothing yet, `cobalt` pays by the year. */
export const demos: readonly Demo[] = [
  {
    id: 'acme',
    name: 'Acme',
    plan: 'starter',
    interval: 'month',
    seats: 5,
    card: 'pm_card_visa',
    users: [
      ['priya', 'Priya Nair', 'owner'],
      ['tom', 'Tom Becker', 'admin'],
      ['lena', 'Lena Fischer', 'member'],
      ['sam', 'Sam Ortiz', 'member'],
      ['aiko', 'Aiko Tanaka', 'member'],
    ],
  },
  {
    id: 'birch',
    name: 'Birch',
    plan: null,
    interval: 'month',
    seats: 2,
    card: null,
    users: [
      ['ben', 'Ben Hale', 'owner'],
      ['mia', 'Mia Lind', 'member'],
    ],
  },
  {
    id: 'cobalt',
    name: 'Cobalt',
    plan: 'business',
    interval: 'year',
    seats: 20,
    card: 'pm_card_visa',
    users: [
      ['cleo', 'Cleo Marsh', 'owner'],
      ['raj', 'Raj Patel', 'member'],
      ['ines', 'Ines Duarte', 'admin'],
      ['noah', 'Noah Lindqvist', 'member'],
      ['yuki', 'Yuki Mori', 'member'],
      ['omar', 'Omar Haddad', 'member'],
      ['greta', 'Greta Vogel', 'member'],
      ['luca', 'Luca Ferri', 'member'],
      ['zoe', 'Zoe Adams', 'member'],
      ['ivan', 'Ivan Petrov', 'member'],
      ['hana', 'Hana Kim', 'member'],
      ['paul', 'Paul Girard', 'member'],
      ['edda', 'Edda Olsen', 'member'],
      ['milo', 'Milo Hart', 'member'],
    ],
  },
]

export const emailOf = (demo: Pick<Demo, 'id'>, user: string): string => `${user}@${demo.id}.example`

export interface SeedOptions {
  stripe: Stripe
  /** Price ids by lookup key, from pushing the catalogue. */
  prices: Map<string, string>
  url: string
  secretKey: string
}

/** The accounts as TeamFlow knows them. */
export const teamflowAccounts = demos.map((demo) => ({
  id: demo.id,
  name: demo.name,
  people: demo.users.map(([id, name, role]) => ({ id, name, role, email: emailOf(demo, id) })),
}))

/** Creates the accounts that are not there yet; a second start finds them as they were left. */
export async function seed({ stripe, prices, url, secretKey }: SeedOptions): Promise<void> {
  const host = createHost({ url, secretKey })
  for (const demo of demos) {
    const { data } = await stripe.customers.list({ email: `billing@${demo.id}.example`, limit: 1 })
    if (data.length > 0) continue
    const customer = await createCustomer(stripe, demo, prices)
    const [first] = demo.users
    for (const [id, name, role] of demo.users)
      await host.session({
        account: {
          id: demo.id,
          name: demo.name,
          segment: 'smb',
          timeZone: 'America/New_York',
          stripeCustomerId: customer,
        },
        user: { id, name, role, email: emailOf(demo, id) },
      })
    await host.track({
      account: demo.id,
      name: 'seats_taken',
      feature: 'seats',
      set: demo.users.length,
      user: first?.[0] ?? 'seed',
    })
  }
}

async function createCustomer(
  stripe: Stripe,
  { id, name, plan, interval, seats, card }: Demo,
  prices: Map<string, string>,
): Promise<string> {
  const customer = await stripe.customers.create({ name, email: `billing@${id}.example` })
  if (card) {
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  }
  const price = plan && prices.get(`softgate_${plan}_${interval}_usd`)
  if (price)
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price, quantity: seats }],
      billing_mode: { type: 'flexible' },
    })
  return customer.id
}

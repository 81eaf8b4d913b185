import { createHost, type HostEvent } from '@softgate/sdk/host'
import type Stripe from 'stripe'

interface Demo {
  id: string
  name: string
  plan: 'starter' | 'professional' | 'business' | null
  interval: 'month' | 'year'
  seats: number
  card: string | null
  /** Free days with which its subscription began. */
  trialDays?: number
  users: [id: string, name: string, role: 'owner' | 'admin' | 'member'][]
  /** Units used on each of the last days, oldest first: a team at work, with a weekend in between. */
  use?: Record<string, number[]>
  /** How the team has grown. */
  seatsTaken?: [daysAgo: number, seats: number][]
}

/**
 * The accounts of the demo: `acme` is full, `birch` pays nothing yet, `cobalt` pays by the year, `delta` uses more than its
 * plan includes, `ember` is in a trial.
 */
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
    use: {
      automations: [34, 41, 38, 12, 9, 43, 47, 45, 52, 49],
      exports: [2, 3, 4, 0, 1, 4, 3, 5, 4, 5],
      api_calls: [310, 290, 340, 80, 60, 330, 350, 320, 360, 340],
    },
    seatsTaken: [
      [10, 3],
      [6, 4],
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
  {
    id: 'delta',
    name: 'Delta',
    plan: 'professional',
    interval: 'month',
    seats: 8,
    card: 'pm_card_visa',
    users: [
      ['dina', 'Dina Voss', 'owner'],
      ['kofi', 'Kofi Mensah', 'admin'],
      ['lars', 'Lars Holm', 'member'],
      ['mara', 'Mara Stein', 'member'],
    ],
    use: { api_calls: [5_200, 5_900, 6_100, 1_200, 900, 6_400, 6_800, 6_600, 7_100, 6_900] },
  },
  {
    id: 'ember',
    name: 'Ember',
    plan: 'starter',
    interval: 'month',
    seats: 4,
    card: 'pm_card_visa',
    trialDays: 14,
    users: [
      ['emil', 'Emil Berg', 'owner'],
      ['rosa', 'Rosa Lima', 'member'],
    ],
  },
]

export const emailOf = (demo: Pick<Demo, 'id'>, user: string): string => `${user}@${demo.id}.example`

/** How long ago the accounts began to pay. */
export const beganDaysAgo = 10

const billingEmail = (id: string): string => `billing@${id}.example`

const findCustomer = async (stripe: Stripe, id: string): Promise<string | null> =>
  (await stripe.customers.list({ email: billingEmail(id), limit: 1 })).data[0]?.id ?? null

/** Whether the local Stripe has the accounts' customers already. */
export const isSeeded = async (stripe: Stripe): Promise<boolean> =>
  (await findCustomer(stripe, demos.at(-1)?.id ?? '')) !== null

/** Makes the customers that are not there yet, with what they pay for. Returns their ids by account. */
export async function seedStripe(stripe: Stripe, prices: Map<string, string>): Promise<Map<string, string>> {
  const made = new Map<string, string>()
  for (const demo of demos)
    made.set(demo.id, (await findCustomer(stripe, demo.id)) ?? (await createCustomer(stripe, demo, prices)))
  return made
}

export interface SeedOptions {
  /** Customers at Stripe by account. */
  customers: Map<string, string>
  url: string
  secretKey: string
  /** Epoch milliseconds. */
  now: number
}

/** The accounts as TeamFlow knows them. */
export const teamflowAccounts = demos.map((demo) => ({
  id: demo.id,
  name: demo.name,
  people: demo.users.map(([id, name, role]) => ({ id, name, role, email: emailOf(demo, id) })),
}))

/** Creates the accounts that are not there yet; a second start finds them as they were left. */
export async function seedAccounts({ customers, url, secretKey, now }: SeedOptions): Promise<void> {
  const host = createHost({ url, secretKey })
  for (const demo of demos) {
    const known = await fetch(`${url}/v1/accounts/${demo.id}/users/${demo.users.at(-1)?.[0]}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    })
    if (known.ok) continue
    const account = {
      id: demo.id,
      name: demo.name,
      segment: 'smb' as const,
      timeZone: 'America/New_York',
      stripeCustomerId: customers.get(demo.id) ?? null,
    }
    const join = ([id, name, role]: Demo['users'][number]) =>
      host.session({ account, user: { id, name, role, email: emailOf(demo, id) } })
    const [first, ...others] = demo.users
    if (first) await join(first)
    const user = first?.[0] ?? 'seed'
    const taken = { account: demo.id, user, name: 'seats_taken', feature: 'seats', set: demo.users.length }
    await host.track(taken, ...history(demo, { user, now }))
    for (const other of others) await join(other)
  }
}

const hour = 3_600_000

/** What the account has used since it began to pay, so that meters, history and forecast have something to show. */
function history({ id: account, use = {}, seatsTaken = [] }: Demo, { user, now }: { user: string; now: number }) {
  const levels = seatsTaken.map(([daysAgo, set]): HostEvent => {
    const time = new Date(now - daysAgo * 24 * hour).toISOString()
    return { id: `seed-seats-${daysAgo}`, account, user, name: 'seats_taken', feature: 'seats', set, time }
  })
  const used = Object.entries(use).flatMap(([feature, perDay]) =>
    perDay.flatMap((units, index) => {
      const morning = Math.ceil(units / 2)
      return [morning, units - morning].map((value, half): HostEvent => {
        const time = new Date(now - (perDay.length - index) * 24 * hour + (2 + 4 * half) * hour).toISOString()
        return { id: `seed-${feature}-${index}-${half}`, account, user, name: `${feature}_used`, feature, value, time }
      })
    }),
  )
  return [...levels, ...used.filter(({ value }) => value !== 0)]
}

async function createCustomer(
  stripe: Stripe,
  { id, name, plan, interval, seats, card, trialDays }: Demo,
  prices: Map<string, string>,
): Promise<string> {
  const customer = await stripe.customers.create({ name, email: billingEmail(id) })
  if (card) {
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  }
  const price = plan && prices.get(`softgate_${plan}_${interval}_usd`)
  const beyond = prices.get(`softgate_overage.${plan}.api_calls_${interval}_usd`)
  if (price)
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price, quantity: seats }, ...(beyond ? [{ price: beyond }] : [])],
      billing_mode: { type: 'flexible' },
      ...(trialDays && { trial_period_days: trialDays }),
    })
  return customer.id
}

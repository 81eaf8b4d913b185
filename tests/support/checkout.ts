import type { Offer, Quote, State, Upgrade } from '@softgate/sdk/contract'
import type { Harness } from './harness.ts'

/** An account that pays nothing yet, with an admin `ben`, a member `mia` and `taken` seats in use. */
export async function openFree({ host, clock }: Harness, { id = 'birch', taken = 2 } = {}): Promise<void> {
  await host.ok('PUT', `/accounts/${id}`, { name: 'Birch', segment: 'smb' })
  await host.ok('PUT', `/accounts/${id}/users/ben`, { role: 'owner', name: 'Ben Hale', email: 'ben@birch.example' })
  await host.ok('PUT', `/accounts/${id}/users/mia`, { role: 'member', name: 'Mia Lind' })
  const time = new Date(clock.now()).toISOString()
  const event = { id: `seats-${id}`, account: id, name: 'seats_taken', feature: 'seats', set: taken, time }
  await host.ok('POST', '/events', { events: [event] })
}

export const offersOf = async (harness: Harness): Promise<Offer[]> =>
  (await harness.as('birch', 'ben').ok<State>('GET', '/state')).offers

/** A quote for the offer of this title and interval. */
export async function quoteStart(
  harness: Harness,
  { title = 'Starter', interval = 'month', quantity }: { title?: string; interval?: string; quantity?: number } = {},
): Promise<Quote> {
  const offers = await offersOf(harness)
  const offer = offers.find((one) => one.title === title && one.interval === interval)
  return harness
    .as('birch', 'ben')
    .ok<Quote>('POST', '/quotes', { offer: offer?.id, ...(quantity !== undefined && { quantity }) })
}

export const confirm = (harness: Harness, { id }: Quote): Promise<Upgrade> =>
  harness.as('birch', 'ben').ok<Upgrade>('POST', '/upgrades', { quote: id })

/** What the user does on the page: types a test card and pays. The response leads back to the app, or says why not. */
export const payOn = (url: string | undefined, number = '4242 4242 4242 4242'): Promise<Response> =>
  fetch(url ?? '', { method: 'POST', body: new URLSearchParams({ number }), redirect: 'manual' })

export const chargesOf = ({ sandbox }: Harness): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))

/** Every subscription at Stripe that has not ended, of all customers. */
export const standingAt = async ({ stripe }: Harness): Promise<string[]> =>
  (await stripe.subscriptions.list({ status: 'all', limit: 100 })).data
    .filter(({ status }) => status !== 'canceled' && status !== 'incomplete_expired')
    .map(({ id }) => id)

/** Pages on which a subscription could still begin. */
export const openPages = async ({ stripe }: Harness): Promise<string[]> =>
  (await stripe.checkout.sessions.list({ status: 'open', limit: 100 })).data.map(({ url }) => url ?? '')

/** The same on a page that stands in the host's. */
export const payIn = (
  { stripeUrl }: Harness,
  { clientSecret = '' }: Pick<Upgrade, 'clientSecret'>,
  number?: string,
): Promise<Response> => payOn(`${stripeUrl}/_sandbox/checkout/${clientSecret.split('_secret_')[0]}`, number)

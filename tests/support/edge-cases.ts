import type { Decision, Upgrade } from '@softgate/sdk/contract'
import { type AccountSpec, day, type Harness, openHarness, subscribe } from './harness.ts'

/** What the cards were charged so far, in minor units. */
export const charges = ({ sandbox }: Harness): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))
/** The seats that acme may take. */
export const limit = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })).limit

/** Five seats of Starter, ten days into the month, and what an admin does about them. */
export async function opened(spec: AccountSpec = {}, days = 10) {
  const harness = await openHarness()
  const account = await subscribe(harness, { taken: 3, ...spec })
  await harness.clock.advance(days * day)
  const priya = () => harness.as('acme', 'priya')
  const confirm = (quote: { id: string }) => priya().ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const refused = async (quote: { id: string }) => priya().refused('POST', '/upgrades', { quote: quote.id })
  /** Lets us hear what was done at Stripe behind our back. */
  const told = async () => {
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  return { harness, ...account, priya, confirm, refused, told, before: charges(harness).length }
}

import { fingerprintOf } from '../billing/fingerprint.ts'
import type { ChangeQuote, LiveSubscription } from '../billing/model.ts'
import { without } from '../billing/settlement.ts'
import { billedBundle, targetsOf } from '../billing/targets.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, nothingDue, type Planned, quietUpdate } from './quote-plan.ts'

export interface Revoking {
  /** What was bought. */
  quote: ChangeQuote
  /** Its payment, which has gone back. */
  intent: string
  /** When it was applied. */
  at: number
}

/**
 * Takes what an earlier change had bought out of what is held now. Nothing is credited for the rest of the period: what was paid
 * for it is with its payer. Null once a renewal was paid for it, or other changes have covered it.
 */
export async function planRevoke(
  context: Context,
  live: LiveSubscription,
  { quote, intent, at }: Revoking,
): Promise<Planned | null> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const { bundle, item } = billedBundle(catalog, live)
  const { before, after, feature } = quote.change
  const left = before && after && item.periodStart <= at ? without(bundle, { before: before.bundle, after }) : null
  if (!before || !left) return null
  const held = before.items.find(({ id }) => id === item.id)
  const items = targetsOf({
    catalog,
    live,
    after: left,
    priceOf: ({ plan }) => (plan === undefined || !held ? item.price : held.price),
  })
  const customer = { customer: live.customer, subscription: live.id }
  const [renewal, present] = await Promise.all([
    gateway.preview({ ...customer, items, when: 'recurring' }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
  ])
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: { kind: 'undo', plan: left.plan, feature, addon: null, quantity: null, before: null, after: left },
    steps: {
      ...noSteps,
      update: { ...quietUpdate, items },
      refund: { intent, amount: 0, given: true },
    },
    prorationDate: Math.floor(clock.now() / 1_000),
    due: nothingDue(live),
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: clock.now(),
    notices: [],
    planPrice: held?.price ?? item.price,
    present: { item, renewal: present },
    taxes: [],
    paymentMethod: null,
  }
}

import { fingerprintOf } from '../billing/fingerprint.ts'
import type { LiveSubscription, UpgradeRecord } from '../billing/model.ts'
import { billedBundle } from '../billing/targets.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, nothingDue, type Planned, quietUpdate } from './quote-plan.ts'

/** The subscription that an upgrade has begun, as Stripe has it now. */
export async function begunBy(context: Context, { checkout }: UpgradeRecord): Promise<LiveSubscription | null> {
  const gateway = requireGateway(context)
  const session = checkout && (await gateway.session(checkout.session))
  return session?.subscription ? gateway.subscription(session.subscription) : null
}

/** Ends a subscription at once, with nothing charged or credited: `intent` is its first payment, which has gone back. */
export function planEnd({ catalog, clock }: Context, live: LiveSubscription, intent: string): Planned {
  const now = clock.now()
  const { bundle, item } = billedBundle(catalog, live)
  const [price] = catalog.plans[bundle.plan]?.prices ?? []
  const nothing = nothingDue(live)
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: {
      kind: 'end',
      plan: bundle.plan,
      feature: price?.per ?? '',
      addon: null,
      quantity: null,
      before: null,
      after: null,
    },
    steps: {
      ...noSteps,
      release: live.schedule?.id ?? null,
      update: { ...quietUpdate, ending: 'now' },
      refund: { intent, amount: 0, given: true },
    },
    prorationDate: Math.floor(now / 1_000),
    due: nothing,
    renewal: null,
    periodEnd: item.periodEnd,
    effectiveAt: now,
    notices: [],
    planPrice: item.price,
    present: { item, renewal: nothing },
    taxes: [],
    paymentMethod: null,
  }
}

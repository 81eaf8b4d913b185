import { fingerprintOf } from '../billing/fingerprint.ts'
import type { LiveSubscription } from '../billing/model.ts'
import { timeOf } from '../billing/sync.ts'
import { billedBundle } from '../billing/targets.ts'
import type { Context } from './context.ts'
import { noSteps, nothingDue, type Planned, quietUpdate } from './quote-plan.ts'

export interface Ending {
  /** The payment that has gone back. */
  intent: string
  when: 'now' | 'at_period_end'
}

/** Ends a subscription, with nothing charged or credited. */
export function planEnd({ catalog, clock }: Context, live: LiveSubscription, { intent, when }: Ending): Planned {
  const now = timeOf(live, clock.now())
  const { bundle, item } = billedBundle(catalog, live)
  const [price] = catalog.plans[bundle.plan]?.prices ?? []
  const nothing = nothingDue(live)
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: {
      kind: when === 'now' ? 'end' : 'cancel',
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
      update: { ...quietUpdate, ending: when },
      refund: { intent, amount: 0, given: true },
    },
    prorationDate: Math.floor(now / 1_000),
    due: nothing,
    renewal: null,
    periodEnd: item.periodEnd,
    effectiveAt: when === 'now' ? now : item.periodEnd,
    asOf: now,
    notices: [],
    planPrice: item.price,
    present: { item, renewal: nothing },
    taxes: [],
    paymentMethod: null,
  }
}

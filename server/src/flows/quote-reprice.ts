import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { LaterStep, LiveSubscription, Repriced, UpdateStep } from '../billing/model.ts'
import { waitingIn } from '../billing/sync.ts'
import { billedBundle, itemsAfter } from '../billing/targets.ts'
import { repriceWords, type Speech } from '../billing/words.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, nothingDue, type Planned, quietUpdate, targeting, taxesOf } from './quote-plan.ts'

export interface Planning {
  live: LiveSubscription
  repriced: Repriced
  /** `null`: with the next period; else at once, with the difference for the rest of this one charged or not. */
  charged: UpdateStep['proration'] | null
  speech: Speech
}

/** The same for another price. What waits for the renewal goes on waiting, at that price. */
export async function planReprice(context: Context, { live, repriced, charged, speech }: Planning): Promise<Planned> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const now = clock.now()
  const { bundle: before, item } = billedBundle(catalog, live)
  const waiting = waitingIn(live, now)
  const bundle = waiting?.bundle ?? before
  const targets = await targeting(context, live, [before, bundle])
  const laterAt = (price: Repriced | null, shown: Repriced | null): LaterStep => ({
    bundle,
    items: itemsAfter(live, targets(bundle, price)),
    beginsAnew: false,
    repriced: shown,
  })
  const update: UpdateStep | null =
    charged === null ? null : { ...quietUpdate, items: targets(before, repriced), proration: charged }
  const prorationDate = Math.floor(now / 1_000)
  const how = dueOf(update, prorationDate)
  const customer = { customer: live.customer, subscription: live.id }
  const [due, renewal, present] = await Promise.all([
    how && update ? gateway.preview({ ...customer, items: update.items, when: how }) : nothingDue(live),
    gateway.preview({ ...customer, items: targets(bundle, repriced), when: 'recurring' }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
  ])
  const { plan } = before
  const [price] = catalog.plans[plan]?.prices ?? []
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: {
      kind: 'reprice',
      plan,
      feature: price?.per ?? '',
      addon: null,
      quantity: null,
      before: null,
      after: null,
    },
    steps: {
      ...noSteps,
      release: live.schedule?.id ?? null,
      update,
      later: update === null ? laterAt(repriced, repriced) : waiting && laterAt(repriced, null),
      restore: update && waiting && laterAt(waiting.repriced, waiting.repriced),
    },
    prorationDate,
    due,
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: update === null ? item.periodEnd : now,
    notices: update === null ? [repriceWords(speech, { at: item.periodEnd, bundle, repriced })] : [],
    planPrice: repriced.price,
    present: { item, renewal: present },
    taxes: await taxesOf(context, due),
    paymentMethod: null,
  }
}

import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { LaterStep, LiveSubscription, Repriced, UpdateStep } from '../billing/model.ts'
import { timeOf, waitingIn } from '../billing/sync.ts'
import { billedBundle, itemsAfter } from '../billing/targets.ts'
import { repriceNotices, type Speech } from '../billing/words.ts'
import { isSame } from '../catalog/bundle.ts'
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
  const now = timeOf(live, clock.now())
  const { bundle: before, item } = billedBundle(catalog, live)
  const waiting = waitingIn(live, now)
  const bundle = waiting?.bundle ?? before
  const targets = await targeting(context, live, [before, bundle])
  const waits = waiting?.repriced ?? []
  const others = waits.filter(({ addon }) => addon !== repriced.addon)
  const laterAt = (prices: readonly Repriced[], shown: readonly Repriced[]): LaterStep => ({
    bundle,
    items: itemsAfter(live, targets(bundle, prices)),
    beginsAnew: false,
    repriced: shown,
  })
  const update: UpdateStep | null =
    charged === null ? null : { ...quietUpdate, items: targets(before, [repriced]), proration: charged }
  const prorationDate = Math.floor(now / 1_000)
  const stillWaits = waiting !== null && (others.length > 0 || !isSame(bundle, before))
  const how = dueOf(update, prorationDate)
  const customer = { customer: live.customer, subscription: live.id }
  const [due, renewal, present] = await Promise.all([
    how && update ? gateway.preview({ ...customer, items: update.items, when: how }) : nothingDue(live),
    gateway.preview({ ...customer, items: targets(bundle, [...others, repriced]), when: 'recurring' }),
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
      addon: repriced.addon,
      quantity: null,
      before: null,
      after: null,
    },
    steps: {
      ...noSteps,
      release: live.schedule?.id ?? null,
      update,
      later:
        update === null
          ? laterAt([...others, repriced], [...others, repriced])
          : stillWaits
            ? laterAt([...others, repriced], others)
            : null,
      restore: update && waiting && laterAt(waits, waits),
    },
    prorationDate,
    due,
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: update === null ? item.periodEnd : now,
    asOf: now,
    notices: update === null ? repriceNotices(speech, { at: item.periodEnd, bundle, repriced: [repriced] }) : [],
    planPrice: repriced.addon === null ? repriced.price : item.price,
    present: { item, renewal: present },
    taxes: await taxesOf(context, due),
    paymentMethod: null,
  }
}

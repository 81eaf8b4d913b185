import type { Offer, PendingChange } from '@softgate/sdk/contract'
import { addonTitle, bundleWords, dateOf, planTitle, type Speech } from '../billing/words.ts'
import { type Bundle, isSame, isSamePlan } from '../catalog/bundle.ts'
import { heldOf } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { toIso } from '../kernel/clock.ts'
import type { Context } from './context.ts'
import { offerContext } from './deliver.ts'

/** What happens to the subscription at the end of its period, and the offer that keeps it from happening. */
export function pendingOf(context: Context, snapshot: Snapshot, offers: readonly Offer[]): PendingChange | null {
  const { catalog } = context
  const { account, subscription } = snapshot
  const { holding } = offerContext(context, snapshot)
  const before = holding && heldOf(catalog, holding)?.bundle
  if (!before || !subscription) return null
  const speech: Speech = { catalog, timeZone: account.timeZone ?? 'UTC', now: context.clock.now() }
  const undo = (kind: 'resume' | 'undo') => offers.find((offer) => offer.kind === kind) ?? null
  const named = (key: string) => ({ key, title: planTitle(speech, key) })
  const { cancelAt, pending } = subscription
  if (cancelAt !== null)
    return {
      kind: 'cancel',
      title: `${planTitle(speech, before.plan)} ends on ${dateOf(speech, cancelAt)}`,
      at: toIso(cancelAt),
      plan: named(catalog.defaultPlan),
      interval: before.interval,
      quantity: null,
      price: null,
      undo: undo('resume'),
    }
  if (!pending || pending.at <= context.clock.now()) return null
  const { bundle, at, repriced } = pending
  const words = (one: (typeof repriced)[number]): string =>
    one.addon === null ? `at ${one.words}` : `${addonTitle(speech, one.addon)} at ${one.words}`
  return {
    kind: kindOf(before, bundle),
    title: [bundleWords(speech, bundle), ...repriced.map(words), `from ${dateOf(speech, at)}`].join(', '),
    at: toIso(at),
    plan: named(bundle.plan),
    interval: bundle.interval,
    quantity: bundle.units,
    price: repriced.find(({ addon }) => addon === null)?.unit ?? null,
    undo: undo('undo'),
  }
}

const unitsIn = ({ units, addons }: Bundle): number => Object.values(addons).reduce((sum, count) => sum + count, units)

function kindOf(before: Bundle, after: Bundle): PendingChange['kind'] {
  if (isSame(before, after)) return 'reprice'
  if (!isSamePlan(before, after)) return 'switch'
  return unitsIn(after) < unitsIn(before) ? 'remove' : 'add'
}

import type { Interval } from '@softgate/sdk/contract'
import { isPassing, type Reduction, standingAt } from '../billing/discounts.ts'
import type { LaterStep, LiveSubscription, Preview, Repriced, Target, UpdateStep } from '../billing/model.ts'
import { itemsAfter } from '../billing/targets.ts'
import { passingNotice, type Speech } from '../billing/words.ts'
import type { Bundle } from '../catalog/bundle.ts'

interface Later {
  /** What lowers invoices from the change on; `redeems`: one of them comes with it. */
  reductions: readonly Reduction[]
  redeems: boolean
  /** What is charged now. */
  due: Preview | Promise<Preview>
  /** When it is charged next, epoch ms. */
  at: number
  /** What is paid each interval then under these discounts; under those that there are when null. */
  preview(discounts: UpdateStep['discounts']): Promise<Preview>
  interval: Interval
  speech: Speech
}

/**
 * What is paid each interval, as the discounts will stand by then: Stripe's own preview takes one that today's invoice uses up,
 * or that is over by then, for one that lowers every invoice. Those that end later are said in words.
 */
export async function previewLater(input: Later): Promise<{ renewal: Preview; notices: string[] }> {
  const { reductions, redeems, at, preview, interval, speech } = input
  const charged = reductions.some(({ once }) => once) && isCharged(await input.due)
  const standing = standingAt(reductions, at, charged)
  const lasting = standing.filter((one) => !isPassing(one))
  const under = (left: readonly Reduction[]): Promise<Preview> =>
    preview(!redeems && left.length === reductions.length ? null : left.map(({ wish }) => wish))
  const [renewal, full] = await Promise.all([under(standing), lasting.length < standing.length ? under(lasting) : null])
  const ends = standing.flatMap(({ endsAt }) => endsAt ?? [])
  return {
    renewal,
    notices: full ? [passingNotice(speech, ends.length > 0 ? Math.max(...ends) : null, { ...full, interval })] : [],
  }
}

const isCharged = ({ lines }: Preview): boolean => lines.some(({ amount, discount }) => amount > 0 || discount !== 0)

interface Awaited {
  bundle: Bundle
  repriced: Repriced[]
  /** What is held until then. */
  until: Bundle
  targets(bundle: Bundle, repriced?: readonly Repriced[]): Target[]
}

/** What our schedule is to bring at the end of the period. */
export const laterStep = (live: LiveSubscription, { bundle, repriced, until, targets }: Awaited): LaterStep => ({
  bundle,
  items: itemsAfter(live, targets(bundle, repriced)),
  beginsAnew: bundle.interval !== until.interval || forgetsAtTurn(live, targets(bundle)),
  repriced,
})

/**
 * In classic billing what was used of a metered price that goes is billed only by a period that begins anew, on whose day it is
 * billed from then on: https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup
 */
export const forgetsAtTurn = ({ billingMode, items }: LiveSubscription, targets: readonly Target[]): boolean =>
  billingMode === 'classic' &&
  items.some(({ id, price, quantity }) => {
    const target = targets.find((one) => one.id === id)
    return quantity === null && target !== undefined && (target.deleted === true || target.price !== price)
  })

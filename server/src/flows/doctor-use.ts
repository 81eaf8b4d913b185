import type { Finding } from '@softgate/sdk/contract'
import { isLive } from '../accounts/model.ts'
import { overagesOf } from '../catalog/overage.ts'
import { toIso } from '../kernel/clock.ts'
import { type Context, snapshotOf } from './context.ts'
import { finding } from './finding.ts'
import { reportUse } from './report-use.ts'

/** A report that has waited for this long is waited for in vain. */
const waitsTooLongMs = 3_600_000

/** What Stripe bills of an account's use other than it ought to, as far as it is known here. */
export async function examineUse(context: Context, account: string, mend: boolean): Promise<Finding[]> {
  const { catalog, clock, database } = context
  const troubles = () => database.read.use.troubles(account, clock.now() - waitsTooLongMs)
  const { reports, periods } = await troubles()
  if (mend && reports.some(({ state }) => state === 'waiting')) await reportUse(context)
  const still = mend ? new Set((await troubles()).reports.map(({ id }) => id)) : null
  const title = (feature: string): string => catalog.features[feature]?.title ?? feature
  const snapshot = await snapshotOf(context, account)
  const { subscription } = snapshot
  const beyond = (feature: string): number => snapshot.decide(feature, 1)?.overage ?? 0
  const live = isLive(subscription) && subscription.plan !== null ? subscription : null
  // Whoever bought before a price was added keeps what was bought; worth knowing only where it makes a difference.
  const unsold = overagesOf(catalog, live?.plan ?? '', live ?? { interval: 'month', currency: '' }).filter(
    ({ per }) => live?.overage[per] === undefined && beyond(per) > 0,
  )
  return [
    ...unsold.map(({ per }) =>
      finding(
        'use_unbilled',
        account,
        `It uses ${beyond(per)} more of ${title(per)} than its plan has, and its subscription has no price for that.`,
        'Add the price of the overage to the subscription at Stripe, or leave it.',
      ),
    ),
    ...reports.map(({ id, state, voids, units, feature, createdAt, reason }) =>
      state === 'waiting'
        ? {
            ...finding(
              'use_unreported',
              account,
              `${units} units of ${title(feature)} wait since ${toIso(createdAt)}: ${reason ?? 'not sent yet'}`,
              'Run "softgate push" where the meter is missing; else it is sent when Stripe answers.',
            ),
            mended: still !== null && !still.has(id),
          }
        : finding(
            voids === null ? 'use_unbilled' : 'use_overbilled',
            account,
            `${units} units of ${title(feature)} of ${toIso(createdAt)} did not reach the invoice: ${reason}.`,
            'Compare with the meter at Stripe, and settle the difference there.',
          ),
    ),
    ...periods.map(({ feature, period, missed }) =>
      finding(
        missed > 0 ? 'use_unbilled' : 'use_overbilled',
        account,
        `${Math.abs(missed)} units of ${title(feature)} in the period from ${toIso(period)} came after its invoice was final.`,
        missed > 0 ? 'Bill them by hand, or leave them.' : 'Credit them at Stripe.',
      ),
    ),
  ]
}

import type { UsageAnswer } from '@softgate/sdk/contract'
import type { AccountRecord } from '../accounts/model.ts'
import { standingOf } from '../accounts/standing.ts'
import { bandOf, compare, comparedDays, isCompared, type Member } from '../insights/comparison.ts'
import { dayOf } from '../metering/period.ts'
import type { Context } from './context.ts'

const dayMs = 86_400_000
/** A comparison that nobody could renew for a week is told no more. */
const believedMs = 7 * dayMs
const page = 50

/** Finds anew, once a day and by one node, what accounts of the same segment, plan and size use. */
export async function compareAccounts(context: Context): Promise<void> {
  const { catalog, clock, database } = context
  const now = clock.now()
  if (!(await database.transaction('', ({ jobs }) => jobs.claim('compare', now, dayMs)))) return
  const features = Object.keys(catalog.features).filter((key) => isCompared(catalog.features[key]))
  const members: Member[] = []
  for (let after = '', ids = ['']; ids.length > 0; after = ids.at(-1) ?? '') {
    ids = await database.read.accounts.idsAfter(after, page)
    for (const id of ids) {
      const account = await database.read.accounts.find(id)
      if (!account) continue
      for (const feature of features) {
        const member = await memberOf(context, account, feature)
        if (member) members.push(member)
      }
      // Requests that wait come in between.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await database.transaction('', ({ comparisons }) => comparisons.replaceAll(compare(members, catalog.comparison), now))
}

/** What accounts like this one use of a feature, beside its own use; undefined where too few are known. */
export async function comparisonFor(
  context: Context,
  account: AccountRecord,
  feature: string,
): Promise<UsageAnswer['comparison']> {
  if (!isCompared(context.catalog.features[feature])) return undefined
  const member = await memberOf(context, account, feature)
  const since = context.clock.now() - believedMs
  const found = member && (await context.database.read.comparisons.find(member, since))
  if (!found) return undefined
  const { low, median, high } = found
  return { own: member.used, low, median, high }
}

/** What an account uses and whom it is like; null where its size is not known. */
async function memberOf(context: Context, account: AccountRecord, feature: string): Promise<Member | null> {
  const { catalog, clock, database } = context
  const { accounts } = database.read
  const size = await sizeOf(context, account)
  // What accounts are sorted by tells nothing about them within a band.
  const { size: by } = catalog.comparison
  if (size === null || (by !== null && 'feature' in by && by.feature === feature)) return null
  const { plan } = standingOf(catalog, account, await accounts.findSubscription(account.id), clock.now())
  const segment = account.segment ?? catalog.defaultSegment
  return {
    segment,
    plan,
    band: bandOf(size, catalog.comparison),
    feature,
    used: await usedOf(context, account, feature),
  }
}

async function sizeOf(context: Context, account: AccountRecord): Promise<number | null> {
  const { size } = context.catalog.comparison
  if (size === null) return 0
  if ('feature' in size) return usedOf(context, account, size.feature)
  const fact = account.facts[size.fact]
  return typeof fact === 'number' ? fact : null
}

/** The level at present, or what was consumed in the last whole days. */
async function usedOf({ catalog, clock, database }: Context, account: AccountRecord, feature: string): Promise<number> {
  const { metering } = database.read
  const today = dayOf(account, clock.now())
  const spec = catalog.features[feature]
  if (spec?.kind === 'metered' && spec.meter === 'allocated')
    return metering.levelBefore(account.id, feature, today + dayMs)
  const from = today - comparedDays * dayMs
  const days = await metering.usageDays(account.id, { features: [feature], from })
  return days.filter(({ day }) => day < today).reduce((sum, { added }) => sum + added, 0)
}

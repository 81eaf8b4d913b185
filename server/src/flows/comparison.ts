import type { UsageAnswer } from '@softgate/sdk/contract'
import type { AccountRecord } from '../accounts/model.ts'
import { standingOf } from '../accounts/standing.ts'
import { isLevel } from '../catalog/limits.ts'
import type { Comparing } from '../catalog/model.ts'
import { bandOf, compare, comparedDays, isCompared, type Member } from '../insights/comparison.ts'
import { breathe } from '../kernel/breathe.ts'
import { dayOf, type Timekeeping } from '../metering/period.ts'
import type { Context } from './context.ts'

const dayMs = 86_400_000
/** A comparison that nobody could renew for a week is told no more. */
const believedMs = 7 * dayMs
/** Accounts whose use is read at once: a millisecond or two, for which those who ask meanwhile wait. */
const page = 25

/** Finds anew, once a day and by one node, what accounts of the same segment, plan and size use. */
export async function compareAccounts(context: Context): Promise<void> {
  const { catalog, clock, database } = context
  const now = clock.now()
  if (!(await database.transaction('', ({ jobs }) => jobs.claim('compare', now, dayMs)))) return
  const features = Object.keys(catalog.features).filter((key) => isCompared(catalog.features[key]))
  const members: Member[] = []
  for (let after = ''; ; ) {
    const found = await database.read.accounts.after(after, page)
    const last = found.at(-1)
    if (!last) break
    const usedOf = await readUse(context, found, features)
    for (const one of found) {
      const used = features.filter((feature) => usedOf(one.account.id, feature) > 0)
      if (used.length > 0) members.push(...membersOf(context, one, used, usedOf))
    }
    after = last.account.id
    // Requests that wait come in between.
    await breathe()
    if (context.closing.aborted) return
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
  const { read } = context.database
  const one = { account, subscription: await read.accounts.findSubscription(account.id) }
  const [member] = membersOf(context, one, [feature], await readUse(context, [one], [feature]))
  const since = context.clock.now() - believedMs
  const found = member && (await read.comparisons.find(member, since))
  if (!found) return undefined
  const { low, median, high } = found
  return { own: member.used, low, median, high }
}

/** What an account uses of a feature, in the sense in which it is compared. */
type UsedOf = (account: string, feature: string) => number

/** What an account uses of features, and whom it is like; none where its size is not known. */
function membersOf(
  { catalog, clock }: Context,
  { account, subscription }: Timekeeping,
  features: readonly string[],
  usedOf: UsedOf,
): Member[] {
  const { size: by } = catalog.comparison
  const size = sizeOf(by, account, usedOf)
  if (size === null) return []
  const { plan } = standingOf(catalog, account, subscription, clock.now())
  const segment = account.segment ?? catalog.defaultSegment
  const band = bandOf(size, catalog.comparison)
  return (
    features
      // What accounts are sorted by tells nothing about them within a band.
      .filter((feature) => by === null || !('feature' in by) || by.feature !== feature)
      .map((feature) => ({ segment, plan, band, feature, used: usedOf(account.id, feature) }))
  )
}

function sizeOf(size: Comparing['size'], account: AccountRecord, usedOf: UsedOf): number | null {
  if (size === null) return 0
  if ('feature' in size) return usedOf(account.id, size.feature)
  const fact = account.facts[size.fact]
  return typeof fact === 'number' ? fact : null
}

/** Reads what some accounts use: the levels at present, and what was consumed in the last whole days of each. */
async function readUse(
  { catalog, clock, database }: Context,
  accounts: readonly Timekeeping[],
  features: readonly string[],
): Promise<UsedOf> {
  const { size } = catalog.comparison
  const wanted = [...new Set([...features, ...(size !== null && 'feature' in size ? [size.feature] : [])])]
  const now = clock.now()
  // Their zones have two or three different days at a time.
  const byDay = new Map<number, string[]>()
  for (const { account } of accounts) {
    const today = dayOf(account, now)
    byDay.set(today, [...(byDay.get(today) ?? []), account.id])
  }
  const used = new Map<string, number>()
  const nameOf = (account: string, feature: string): string => `${account}\n${feature}`
  for (const [today, ids] of byDay) {
    const found = await database.read.metering.usedBy(ids, {
      added: wanted.filter((key) => !isLevel(catalog, key)),
      levels: wanted.filter((key) => isLevel(catalog, key)),
      from: today - comparedDays * dayMs,
      until: today,
    })
    for (const one of found) used.set(nameOf(one.account, one.feature), one.used)
  }
  return (account, feature) => used.get(nameOf(account, feature)) ?? 0
}

import type { Comparing, Feature, MeteredFeature } from '../catalog/model.ts'
import type { Comparison, Group } from './model.ts'

/** Fewer accounts than this could be recognised, whatever a configuration says. */
export const fewestAccounts = 5
/** Days over which what is consumed is compared: four of each day of the week. */
export const comparedDays = 28

/** What one account uses, and whom it is like. */
export interface Member extends Group {
  used: number
}

/** Whether accounts are compared by it: what adds up or has a level, and belongs to the whole account. */
export const isCompared = (feature: Feature | undefined): feature is MeteredFeature =>
  feature?.kind === 'metered' &&
  (feature.scope === undefined || feature.total === true) &&
  ['sum', 'count'].includes(feature.counts?.aggregate ?? 'sum')

/** The band of a size: how many of the bounds it is above. */
export const bandOf = (size: number, { bands }: Comparing): number => bands.filter((bound) => size > bound).length

/**
 * The quartiles of every group that has enough accounts which use the feature. They are rounded to two digits, so that none
 * is the very number of an account that somebody knows.
 */
export function compare(members: readonly Member[], { leastAccounts }: Comparing): Comparison[] {
  const groups = new Map<string, Member[]>()
  for (const member of members) {
    if (member.used <= 0) continue
    const name = JSON.stringify([member.segment, member.plan, member.band, member.feature])
    const known = groups.get(name)
    if (known) known.push(member)
    else groups.set(name, [member])
  }
  const least = Math.max(fewestAccounts, leastAccounts)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first || group.length < least) return []
    const { segment, plan, band, feature } = first
    const used = group.map((member) => member.used).sort((a, b) => a - b)
    const at = (share: number): number => roundTo2(quantile(used, share))
    return [{ segment, plan, band, feature, low: at(0.25), median: at(0.5), high: at(0.75) }]
  })
}

/** Between the two nearest of the ascending values (type 7 of Hyndman and Fan, 1996). */
function quantile(values: readonly number[], share: number): number {
  const place = (values.length - 1) * share
  const below = Math.floor(place)
  const [low = 0, high = low] = [values[below], values[below + 1]]
  return low + (place - below) * (high - low)
}

const roundTo2 = (value: number): number => (value < 10 ? Math.round(value) : Number(value.toPrecision(2)))

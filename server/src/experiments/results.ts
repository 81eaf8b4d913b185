import type { ResultsAnswer, ResultsArm } from '@softgate/sdk/contract'
import { chancesOf } from './chances.ts'
import type { FirstTime, PaidUpgrade } from './port.ts'
import { splitOf } from './split.ts'

const day = 86_400_000

export interface ResultsData {
  /** By the order of the configuration. */
  variants: readonly { key: string; weight: number }[]
  asked: readonly (FirstTime & { variant: string })[]
  heldOut: readonly FirstTime[]
  clicked: readonly string[]
  paid: readonly PaidUpgrade[]
}

/** An account of an arm, with the instant from which what it pays counts. */
interface Member {
  variant: string | null
  at: number
}

/**
 * How the variants of a prompt did. Each account counts once, from when it was first asked, whether anybody looked at the
 * prompt or not: who looks is chosen by the prompt, and would make the arms unlike.
 */
export function resultsOf(
  { variants, asked, heldOut, clicked, paid }: ResultsData,
  { days, since, now }: { days: number; since: number; now: number },
): Omit<ResultsAnswer, 'prompt'> {
  const members = new Map<string, Member>()
  const mixed = new Set<string>()
  for (const { account, variant, at } of [...asked, ...heldOut.map((one) => ({ ...one, variant: null }))]) {
    if (members.has(account)) mixed.add(account)
    members.set(account, { variant, at: Math.min(at, members.get(account)?.at ?? at) })
  }
  for (const [account, { at }] of members) if (mixed.has(account) || at < since) members.delete(account)

  const arms = new Map<string | null, ResultsArm>(
    [...variants.map(({ key }) => key), null].map((variant) => [variant, emptyArm(variant)]),
  )
  const bought = new Set<string>()
  const paidBy = new Map<string | null, Map<string, number>>()
  for (const { account, at, amount, currency } of paid) {
    const member = members.get(account)
    if (!member || at < member.at || at >= member.at + days * day) continue
    if (amount > 0) bought.add(account)
    const sums = paidBy.get(member.variant) ?? new Map<string, number>()
    paidBy.set(member.variant, sums.set(currency, (sums.get(currency) ?? 0) + amount))
  }
  const followed = new Set(clicked)
  for (const [account, { variant, at }] of members) {
    const arm = arms.get(variant) ?? emptyArm(variant)
    arms.set(variant, arm) // A variant that the configuration has no more.
    arm.accounts++
    if (at + days * day > now) arm.waiting++
    if (followed.has(account)) arm.clicked++
    if (bought.has(account)) arm.bought++
  }
  const shown = [...arms.values()].sort((one, other) => Number(one.variant === null) - Number(other.variant === null))
  const chances = chancesOf(shown.map(({ accounts, bought: done }) => ({ accounts, done })))
  const rivals = shown.filter(({ variant, accounts }) => variant !== null && accounts > 0)
  const best = chancesOf(rivals.map(({ accounts, bought: done }) => ({ accounts, done })))
  for (const [i, arm] of shown.entries()) {
    const { low, high } = chances[i] ?? { low: 0, high: 1 }
    arm.share = { low, high }
    arm.best = best[rivals.indexOf(arm)]?.best ?? null
    arm.paid = [...(paidBy.get(arm.variant) ?? [])].map(([currency, amount]) => ({ amount, currency }))
  }
  return {
    days,
    arms: shown.filter(({ variant, accounts }) => variant !== null || accounts > 0),
    split: splitOf(variants.map(({ key, weight }) => ({ weight, accounts: arms.get(key)?.accounts ?? 0 }))),
    mixed: mixed.size,
  }
}

const emptyArm = (variant: string | null): ResultsArm => ({
  variant,
  accounts: 0,
  waiting: 0,
  clicked: 0,
  bought: 0,
  share: { low: 0, high: 1 },
  paid: [],
  best: null,
})

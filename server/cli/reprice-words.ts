import type { Repricing } from '@softgate/sdk/contract'
import { formatMoney, money } from '../src/kernel/money.ts'

/** A subscriber as a line: `~` moves, `=` stays or is moved already, `!` could not be moved. */
export function lineOf(row: Repricing): string {
  const { account, state, units, interval, from, to, at, dueNow, reason } = row
  const date = at?.slice(0, 10)
  const price = `${units} at ${formatMoney(from)}`
  const move = `${price} → ${formatMoney(to)} a ${interval}`
  if (state === 'failed') return `! ${account}: not moved. ${reason}`
  if (state === 'kept') return `= ${account}: keeps ${price} a ${interval}. ${reason}`
  if (state === 'waits') return `= ${account}: ${move}, waits for ${date}`
  return `~ ${account}: ${move}, from ${date}${dueNow ? `, ${formatMoney(dueNow)} due now` : ''}`
}

/** What recurs of all who move, a year, in each currency; before discounts and tax. */
export function changeWords(moves: readonly Repricing[]): string {
  const totals = new Map<string, { from: number; to: number }>()
  for (const { from, to, interval } of moves) {
    const times = interval === 'month' ? 12 : 1
    const total = totals.get(from.currency) ?? { from: 0, to: 0 }
    totals.set(from.currency, { from: total.from + times * from.amount, to: total.to + times * to.amount })
  }
  return [...totals]
    .map(([currency, { from, to }]) => {
      const say = (amount: number) => formatMoney(money(amount, currency))
      const by = to < from ? `-${say(from - to)}` : `+${say(to - from)}`
      return `Recurring revenue of them: ${say(from)} → ${say(to)} a year (${by}), before discounts and tax.`
    })
    .join('\n')
}

import type { ResultsAnswer, ResultsArm } from '@softgate/sdk/contract'
import { formatMoney } from '../src/kernel/money.ts'

const head = ['variant', 'accounts', 'clicked', 'bought', 'share that buys', 'paid', 'sells best']
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`

/** A table of the variants, and what there is to know before anybody believes it. */
export function resultLines({ prompt, days, arms, split, mixed }: ResultsAnswer): string[] {
  const rows = [head, ...arms.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
  const waiting = arms.reduce((sum, arm) => sum + arm.waiting, 0)
  return [
    `${prompt}: what accounts did in the ${days} days after they were first asked`,
    '',
    ...table,
    '',
    splitWords(split),
    ...(waiting > 0 ? [`${count(waiting, 'account is', 'accounts are')} still within these days.`] : []),
    ...(mixed > 0
      ? [`${count(mixed, 'account', 'accounts')} had more than one variant and ${mixed === 1 ? 'is' : 'are'} left out.`]
      : []),
    'Fix the number of accounts before you begin, and decide when it is reached: who stops at a lucky moment finds what is not there.',
  ]
}

function cellsOf({ variant, accounts, clicked, bought, share, paid, best }: ResultsArm): string[] {
  return [
    variant ?? '(held out)',
    String(accounts),
    variant === null ? '-' : String(clicked),
    String(bought),
    accounts === 0 ? '-' : `${percent(bought / accounts)} (${percent(share.low)} to ${percent(share.high)})`,
    paid.map((one) => formatMoney(one)).join(' + ') || '-',
    best === null ? '-' : percent(best),
  ]
}

function splitWords(split: number | null): string {
  if (split === null) return 'There are too few accounts to tell whether the split fits the weights.'
  if (split >= 0.001) return `The split fits the weights (p = ${split.toFixed(3)}).`
  return `The split does not fit the weights (p = ${split.toPrecision(1)}): something else than chance is at work. Believe nothing above, and look for it.`
}

const count = (n: number, one: string, others: string): string => `${n} ${n === 1 ? one : others}`

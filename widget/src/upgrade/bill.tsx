import type { Quote } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { day, money } from '../format.ts'
import { words } from '../messages.ts'
import { upgradeEnglish } from './messages.ts'

export interface BillInput {
  /** Null while there is none: bones hold its place, as many as the lines that were there. */
  quote: Quote | null
  bones: number
  before: Quote | null
  /** What the recurring amount is for, such as `7 seats with tax`. */
  what: string
  now: number
}

const Bone = (): VNode => <i class="bone" />

/** Every charge and credit in words, what is due today, and what comes later. */
export function Bill({ quote, bones, before, what, now }: BillInput): VNode {
  const say = words('upgrade', upgradeEnglish)
  const { currency } = quote?.dueNow ?? { currency: 'usd' }
  const rows = quote
    ? [
        ...quote.lines.map(({ description, amount }) => [description, amount] as const),
        [say.tax, quote.tax.amount] as const,
        [say.credit, -quote.credit.amount] as const,
      ].filter(([name, amount]) => amount !== 0 || (name !== say.tax && name !== say.credit))
    : Array.from({ length: bones }, () => null)
  return (
    <div class="bill" part="bill" aria-busy={!quote}>
      {rows.map((row) => (
        <div class="row">
          <span>{row ? row[0] : <Bone />}</span>
          <bdi>{row ? money({ amount: row[1], currency }) : <Bone />}</bdi>
        </div>
      ))}
      <div class="row due">
        <span>{say.dueToday}</span>
        <bdi>
          {before && before.dueNow.amount !== quote?.dueNow.amount && <s>{money(before.dueNow)}</s>}
          {quote ? money(quote.dueNow) : <Bone />}
        </bdi>
      </div>
      <div class="row then">
        <span>{quote ? say.from(day(quote.nextInvoice.at, now)) : <Bone />}</span>
        <bdi>{quote ? say.recurring(money(quote.recurring), quote.recurring.interval) : <Bone />}</bdi>
        <small>{what}</small>
      </div>
    </div>
  )
}

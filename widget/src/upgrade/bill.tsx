import type { Quote } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { day, money } from '../format.ts'
import { locale, words } from '../messages.ts'
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

interface Row {
  name: string
  detail: string | null
  amount: number
}

/** `8.25%`, of 8.25. */
const percent = (value: number): string =>
  (value / 100).toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 4 })

const Bone = (): VNode => <i class="bone" />

/** Charges, credits and taxes, in the order in which they add up. */
function rowsOf({ lines, taxes, tax, credit }: Quote): Row[] {
  const say = words('upgrade', upgradeEnglish)
  const rows = lines.map(({ description, detail, amount }) => ({ name: description, detail, amount }))
  for (const { description, percentage, inclusive, amount } of taxes) {
    const name = say.tax(description, percentage === null ? '' : percent(percentage))
    if (amount || tax.amount) rows.push({ name, detail: inclusive ? say.taxIncluded : null, amount })
  }
  if (credit.amount) rows.push({ name: say.credit, detail: null, amount: -credit.amount })
  return rows
}

/** Every charge and credit in words, what is due today, and what comes later. */
export function Bill({ quote, bones, before, what, now }: BillInput): VNode {
  const say = words('upgrade', upgradeEnglish)
  const { currency } = quote?.dueNow ?? { currency: 'usd' }
  const rows = quote ? rowsOf(quote) : Array.from({ length: bones }, () => null)
  const each = (price: Quote['recurring']): string => say.recurring(money(price), price.interval)
  const later = (): string => {
    if (!quote) return ''
    const { previous, recurring } = quote
    const sentence = what && `${what}. `
    if (!previous) return sentence + say.cancelable
    if ((before?.recurring ?? previous).amount === recurring.amount) return sentence + say.unchanged
    return sentence + say.until(previous.interval === recurring.interval ? money(previous) : each(previous))
  }
  return (
    <div class="bill" part="bill" aria-busy={!quote}>
      {rows.map((row) => (
        <div class="row">
          <span>{row ? row.name : <Bone />}</span>
          <bdi>{row ? money({ amount: row.amount, currency }) : <Bone />}</bdi>
          {row ? row.detail && <small>{row.detail}</small> : <small>{<Bone />}</small>}
        </div>
      ))}
      <div class="row due">
        <span>{say.dueToday}</span>
        <bdi>
          {before && quote && before.dueNow.amount !== quote.dueNow.amount && (
            <s>
              <span class="vh">{say.was}</span>
              {money(before.dueNow)}
            </s>
          )}
          {quote ? money(quote.dueNow) : <Bone />}
        </bdi>
      </div>
      <div class="row then">
        <span>{quote ? say.from(day(quote.nextInvoice.at, now)) : <Bone />}</span>
        <bdi>{quote ? each(quote.recurring) : <Bone />}</bdi>
        <small>{quote ? later() : <Bone />}</small>
      </div>
    </div>
  )
}

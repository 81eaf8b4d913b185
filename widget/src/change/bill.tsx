import type { Quote } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { day, money } from '../format.ts'
import { words } from '../messages.ts'
import { changeEnglish } from './messages.ts'

const Bone = (): VNode => <i class="bone" />

export interface LaterInput {
  /** Null while there is none: bones hold its place. */
  quote: Quote | null
  /** What the recurring amount is for, such as `3 seats with tax`. */
  what: string
  now: number
}

/** The bill of a change that charges nothing: what is due now or goes back, and what is paid from when on. */
export function Later({ quote, what, now }: LaterInput): VNode {
  const say = words('change', changeEnglish)
  const { refund = null, previous = null, recurring } = quote ?? {}
  const same = previous?.amount === recurring?.amount && previous?.interval === recurring?.interval
  const each = (price: Quote['recurring']): string => say.recurring(money(price), price.interval)
  return (
    <div class="bill" part="bill" aria-busy={!quote}>
      <div class="row due">
        <span>{refund ? say.back : say.dueToday}</span>
        <bdi>{quote ? money(refund ?? quote.dueNow) : <Bone />}</bdi>
      </div>
      <div class="row then">
        <span>{quote ? say.from(day(quote.nextInvoice.at, now)) : <Bone />}</span>
        <bdi>{recurring ? recurring.amount ? each(recurring) : say.nothing : <Bone />}</bdi>
        <small>
          {what && `${what}.`} {previous && !same && say.until(each(previous))}
        </small>
      </div>
    </div>
  )
}

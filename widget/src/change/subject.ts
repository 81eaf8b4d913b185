import type { ComparedPlan, Offer, PendingChange, Quote, State } from '@softgate/sdk/contract'
import { day, money } from '../format.ts'
import { words } from '../messages.ts'
import { changeEnglish } from './messages.ts'
import type { ChangeFlow } from './model.ts'

/** What a change is about, as the dialog tells it. */
export interface Subject {
  offer: Offer
  /** The plan in force, and the one that the change leads to; null where it leads to no other, or is not known yet. */
  now: ComparedPlan | null
  next: ComparedPlan | null
  /** The plan's title, now. */
  plan: string
  /** Whether the account has less after it. */
  down: boolean
  /** The same plan by the other interval. */
  sibling: Offer | null
  /** Units of the plan that are paid for now. */
  held: number
  pending: PendingChange | null
  /** What takes back the purchase that was just made; null where nothing can be. */
  fresh: Offer | null
  /** The amount on the button; empty where nothing is charged. */
  amount: string
}

const idOf = (offer: string): string => offer.split('.')[0] ?? offer

/** Puts together what is known of the change that the dialog shows; null while it shows none. */
export function subjectOf(flow: ChangeFlow, state: State | null): Subject | null {
  const offer = flow.offer.value
  if (!offer || !state) return null
  const { plans = [] } = flow.plans.value ?? {}
  const id = idOf(offer.id)
  const present = plans.find((plan) => plan.present) ?? null
  const leads = plans.find((plan) => plan.offers.some((one) => one.id === id)) ?? null
  const next = leads && leads !== present ? leads : null
  const other = next?.offers.find(({ kind, interval }) => kind === offer.kind && interval !== offer.interval)
  const quote = flow.quote.value
  return {
    offer,
    now: present,
    next,
    plan: state.account.plan.title,
    down:
      offer.kind === 'remove' ||
      offer.kind === 'cancel' ||
      (present !== null && leads !== null && plans.indexOf(leads) < plans.indexOf(present)),
    sibling: offer.kind === 'switch' ? (state.offers.find((one) => one.id === other?.id) ?? null) : null,
    held: present?.prices.find(({ interval }) => interval === offer.interval)?.units ?? 0,
    pending: state.pending,
    fresh: state.offers.find(({ kind, until }) => kind === 'undo' && until) ?? null,
    amount: quote?.dueNow.amount ? money(quote.dueNow) : '',
  }
}

/** Whether the plan stays and only the interval moves. */
const isInterval = ({ offer, plan }: Subject): boolean => offer.kind === 'switch' && offer.title === plan

export interface Telling {
  title: string
  /** What leaves everything as it is, and what makes the change. */
  keep: string
  act: string
}

/** The question and its two answers. */
export function tell(subject: Subject, { quantity, quote }: { quantity: number; quote: Quote | null }): Telling {
  const say = words('change', changeEnglish)
  const { offer, plan, down, held, amount } = subject
  const { kind, title, unit, interval } = offer
  switch (kind) {
    case 'remove':
      return {
        title: say.fewer(unit, title),
        keep: unit && held ? say.keep(say.units(held, unit)) : say.keep(title),
        act: say.doRemove(quantity, unit, title),
      }
    case 'cancel':
      return { title: say.end(plan), keep: say.keep(plan), act: say.doEnd(plan) }
    case 'convert':
      return { title: say.convertAsk(plan), keep: say.notNow, act: say.doConvert(amount) }
    case 'undo':
      if (quote?.refund) return { title: say.takeBackAsk, keep: say.keep(plan), act: say.payBack(money(quote.refund)) }
      return { title: say.keepAsk(plan), keep: say.notNow, act: say.keep(plan) }
    case 'resume':
      return { title: say.keepAsk(plan), keep: say.notNow, act: say.keep(plan) }
    default:
      if (isInterval(subject))
        return { title: say.payBy(interval), keep: say.notNow, act: say.doPayBy(interval, amount) }
      return {
        title: say.goTo(title, down),
        keep: down ? say.keep(plan) : say.notNow,
        act: say.doGoTo(title, amount),
      }
  }
}

/** What is so once the change is taken down. */
export function outcomeOf({ offer, pending, plan, next }: Subject, { account, quote, now }: OutcomeInput): string {
  const say = words('change', changeEnglish)
  if (pending) return pending.title
  if (quote?.refund) return say.wentBack(money(quote.refund))
  if (offer.kind === 'resume' || offer.kind === 'undo') return say.asBefore
  const later = quote && Date.parse(quote.effectiveAt) > now
  if (!later && offer.kind === 'switch' && !next) return say.isPaidBy(plan, offer.interval)
  return later ? say.from(day(quote.effectiveAt, now)) : say.isOn(account, plan)
}

interface OutcomeInput {
  account: string
  quote: Quote | null
  now: number
}

import type { ComparedPlan } from '@softgate/sdk/contract'
import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { dayOf } from './parts.tsx'
import type { PlansProps } from './plans.tsx'
import { listOf } from './words.ts'

export interface PlanButtonProps extends PlansProps {
  plan: ComparedPlan
  /** Whether it is the one that covers what was asked for. */
  primary: boolean
  /** Whether it is smaller than the present plan. */
  below: boolean
}

const Quiet = ({ children }: { children: string }): JSX.Element => (
  <span class="button is-plain is-wide is-still">{children}</span>
)

/** What can be done about a plan: nothing, look at its exact price, keep the present one, ask, or write. */
export function PlanButton(props: PlanButtonProps): JSX.Element | null {
  const { plan, primary, below, interval, paid, buyer, admins, wishes, pending, timeZone } = props
  const ends = plan.present && pending !== null && pending.plan.key !== plan.key ? pending : null
  if (ends)
    return (
      <span class="mark">
        <b class="tag">Ends {dayOf(ends.at, timeZone)}</b>
        {ends.undo && (
          <button
            class="button is-plain is-wide"
            type="button"
            data-offer={ends.undo.id}
            data-title={`Keep ${plan.title}`}
          >
            Keep {plan.title}
          </button>
        )}
      </span>
    )
  if (plan.pendingAt)
    return (
      <span class="mark">
        <b class="tag">From {dayOf(plan.pendingAt, timeZone)}</b>
      </span>
    )
  const offer = plan.offers.find((one) => one.interval === interval)
  if (plan.present && (paid === null || paid === interval || !offer)) return <Quiet>Your plan</Quiet>
  if (offer)
    return (
      <button
        class={`button is-wide ${primary ? 'is-primary' : 'is-plain'}`}
        type="button"
        data-offer={offer.id}
        data-title={below ? `Go to ${plan.title}` : `${plan.title} for your team`}
        data-body="Your projects and history stay as they are."
      >
        {below ? `Go to ${plan.title}` : 'See the price'}
        <span class="vh"> of {plan.title}</span>
      </button>
    )
  const wish = wishes.get(plan.key)
  if (!buyer && wish?.asked)
    return (
      <span class="mark">
        <b class="tag">
          <Icon name="clock" />
          Waiting
        </b>
        <Quiet>Asked</Quiet>
      </span>
    )
  if (!buyer && wish && plan.prices.length > 0)
    return (
      <button class={`button is-wide ${primary ? 'is-primary' : 'is-plain'}`} type="button" data-ask={wish.feature}>
        Ask {admins.length > 0 ? listOf(admins.map((name) => name.split(' ')[0] ?? name)) : 'an admin'}
        <span class="vh"> for {plan.title}</span>
      </button>
    )
  if (buyer && plan.prices.length === 0 && !below)
    return (
      <a class="button is-plain is-wide" href="mailto:sales@teamflow.example">
        Write to us
      </a>
    )
  return null
}

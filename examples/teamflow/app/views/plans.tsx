import type {
  AccessRequest,
  ComparedPlan,
  Decision,
  Interval,
  Money,
  PendingChange,
  PlanGrant,
} from '@softgate/sdk/contract'
import type { Catalog } from '@softgate/server'
import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { Avatar, Title } from './parts.tsx'
import { PlanButton } from './plan-button.tsx'
import { listOf } from './words.ts'

export interface PlansProps {
  plans: ComparedPlan[]
  /** The key of the smallest plan that has what was asked for. */
  covering: string | null
  /** The interval that is shown, and the one that is paid. */
  interval: Interval
  paid: Interval | null
  features: Catalog['features']
  decisions: Record<string, Decision>
  account: string
  buyer: boolean
  admins: string[]
  /** Open requests by feature. */
  requests: Map<string, AccessRequest[]>
  /** By plan, what a member would ask for. */
  wishes: Map<string, { feature: string; asked: boolean }>
  pending: PendingChange | null
  timeZone: string
  /** The plan beside the account's own on a phone. */
  picked: string | null
}

export const moneyOf = ({ amount, currency }: Money): string =>
  (amount / 100).toLocaleString('en-US', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' })

/** Every plan beside the others, as the account meets them. */
export function Plans(props: PlansProps): JSX.Element {
  const { plans, interval, features, covering, requests } = props
  const present = plans.findIndex((plan) => plan.present)
  const next = plans[present + 1]?.key
  const highlighted = covering !== null && covering !== plans[present]?.key ? covering : null
  const others = plans.filter((plan) => !plan.present)
  const picked = (others.find(({ key }) => key === props.picked) ?? others.find(({ key }) => key === highlighted))?.key
  const shown = picked ?? next ?? others[0]?.key
  const classOf = ({ key, present: own }: ComparedPlan): string =>
    [own && 'is-yours', key === highlighted && 'is-asked', key === shown && 'is-picked'].filter(Boolean).join(' ')
  const groups: [title: string, keys: string[]][] = [
    ['What you use', Object.keys(features).filter((key) => features[key]?.kind === 'metered')],
    ['What you can do', Object.keys(features).filter((key) => features[key]?.kind !== 'metered')],
  ]
  return (
    <div class="stack">
      <Title end={<Intervals interval={interval} />}>Plans</Title>
      {requests.size > 0 && <Asked {...props} />}
      <form class="picker" action="/settings/plans">
        <label for="with">Compare {plans[present]?.title ?? 'your plan'} with</label>
        <select id="with" name="with" class="input" data-pick>
          {others.map(({ key, title }) => (
            <option key={key} value={key} selected={key === shown}>
              {title}
            </option>
          ))}
        </select>
      </form>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
      <section class="scroll" aria-label="Plans side by side" tabIndex={0}>
        <table class="plans">
          <thead>
            <tr>
              <td />
              {plans.map((plan) => (
                <th key={plan.key} scope="col" class={classOf(plan)} data-plan={plan.key}>
                  <span class="name">{plan.title}</span>
                  <Price plan={plan} {...props} />
                  <PlanButton
                    plan={plan}
                    primary={plan.key === highlighted}
                    below={plans.indexOf(plan) < present}
                    {...props}
                  />
                </th>
              ))}
            </tr>
          </thead>
          {groups.map(([title, keys]) => (
            <tbody key={title}>
              <tr class="group">
                <th scope="rowgroup">{title}</th>
                {plans.map((plan) => (
                  <td key={plan.key} class={classOf(plan)} data-plan={plan.key} />
                ))}
              </tr>
              {keys.map((key) => (
                <tr key={key}>
                  <th scope="row">
                    {features[key]?.title} <Beside feature={key} {...props} />
                  </th>
                  {plans.map((plan) => (
                    <td key={plan.key} class={classOf(plan)} data-plan={plan.key}>
                      <Grant grant={plan.grants[key]} resets={props.decisions[key]?.resetsAt != null} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </section>
      <p class="muted small">
        Prices are before tax. {props.buyer ? '“See the price” shows what is due today before anything changes.' : ''}
      </p>
    </div>
  )
}

const Intervals = ({ interval }: { interval: Interval }): JSX.Element => (
  <nav class="switch" aria-label="Interval">
    <a href="/settings/plans?interval=month" {...(interval === 'month' && { 'aria-current': 'true' })}>
      Monthly
    </a>
    <a href="/settings/plans?interval=year" {...(interval === 'year' && { 'aria-current': 'true' })}>
      Yearly, 2 months free
    </a>
  </nav>
)

/** What people asked for, and the smallest plan that has all of it. */
function Asked({ requests, features, plans, covering, buyer }: PlansProps): JSX.Element {
  const names = [...new Set([...requests.values()].flat().map(({ name, user }) => name ?? user))]
  const what = listOf([...requests.keys()].map((key) => features[key]?.title.toLowerCase() ?? key))
  const plan = plans.find(({ key }) => key === covering)
  const all = requests.size === 1 ? 'it' : requests.size === 2 ? 'both' : 'all of it'
  return (
    <div class="note">
      <span class="avatars">
        {names.slice(0, 4).map((name) => (
          <Avatar key={name} name={name} small />
        ))}
      </span>
      <p>
        <b>
          {buyer ? 'Your team' : 'You'} asked for {what}.
        </b>{' '}
        {plan &&
          (plan.present ? `${plan.title} has ${all} already.` : `${plan.title} is the smallest plan with ${all}.`)}
      </p>
      <a class="end small" href="/settings/requests">
        See requests
      </a>
    </div>
  )
}

function Beside({
  feature,
  decisions,
  requests,
}: Pick<PlansProps, 'decisions' | 'requests'> & { feature: string }): JSX.Element {
  const used = decisions[feature]?.used
  const asked = requests.get(feature)?.length ?? 0
  return (
    <>
      {used != null && (
        <span class="muted">
          ({used.toLocaleString('en-US')}
          {feature === 'seats' && ' in use'})
        </span>
      )}
      {asked > 0 && <span class="tag">{asked} asked</span>}
    </>
  )
}

function Price({ plan, interval, account, decisions, buyer }: PlansProps & { plan: ComparedPlan }): JSX.Element {
  const price = plan.prices.find((one) => one.interval === interval)
  const seats = Math.max(1, decisions['seats']?.limit ?? decisions['seats']?.used ?? 1)
  if (!price)
    return (
      <>
        <span class="price">{plan.key === 'free' ? '$0' : 'Talk to us'}</span>
        <span class="muted small">{plan.key === 'free' ? 'for small teams' : 'by invoice'}</span>
      </>
    )
  const total = { ...price.price, amount: price.price.amount * seats }
  return (
    <>
      <span class="price">{moneyOf(price.price)}</span>
      <span class="muted small">
        a {price.unit} each {interval}
        {buyer && (
          <>
            <br />
            {moneyOf(total)} for {account}
          </>
        )}
      </span>
    </>
  )
}

const Yes = (): JSX.Element => (
  <span class="yes">
    <Icon name="check" />
    <span class="vh">Included</span>
  </span>
)

function Grant({ grant, resets }: { grant: PlanGrant | undefined; resets: boolean }): JSX.Element {
  switch (grant?.kind) {
    case 'included':
      return <Yes />
    case 'unlimited':
      return <>No limit</>
    case 'purchased':
      return <>As many as you need</>
    case 'limit':
      return (
        <>
          {grant.limit.toLocaleString('en-US')}
          {resets && ' a month'}
        </>
      )
    case 'value':
      return <>{grant.value === null ? 'All of it' : `${Number(grant.value).toLocaleString('en-US')} days`}</>
    default:
      return (
        <span class="muted">
          –<span class="vh">Not included</span>
        </span>
      )
  }
}

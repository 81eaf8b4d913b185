import type { Decision, Interval } from '@softgate/sdk/contract'
import type { Catalog } from '@softgate/server'
import type { JSX } from 'preact'
import { Icon } from '../views/icons.tsx'
import { Title } from '../views/parts.tsx'

export interface PlansProps {
  catalog: Pick<Catalog, 'features' | 'plans'>
  interval: Interval
  seats: Decision
  /** The key of the account's plan. */
  yours: string | null
}

type Plan = Catalog['plans'][string]

const dollars = (minor: number): string =>
  (minor / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD', trailingZeroDisplay: 'stripIfInteger' })

/** Every plan beside the others, from the same catalogue that decides. */
export function Plans({ catalog, interval, seats, yours }: PlansProps): JSX.Element {
  const plans = Object.entries(catalog.plans)
  const features = Object.entries(catalog.features)
  return (
    <div class="stack">
      <Title
        end={
          <nav class="switch" aria-label="Interval">
            <a href="/settings/plans" {...(interval === 'month' && { 'aria-current': 'true' })}>
              Monthly
            </a>
            <a href="/settings/plans?interval=year" {...(interval === 'year' && { 'aria-current': 'true' })}>
              Yearly, 2 months free
            </a>
          </nav>
        }
      >
        Plans
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
      <section class="scroll" aria-label="Plans side by side" tabIndex={0}>
        <table class="plans">
          <thead>
            <tr>
              <td />
              {plans.map(([key, plan]) => (
                <th key={key} scope="col" class={key === yours ? 'is-yours' : ''}>
                  <span class="name">{plan.title}</span>
                  <Price plan={plan} interval={interval} />
                  <span class="mark">{key === yours && <b class="tag">Your plan</b>}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {features.map(([key, { title }]) => (
              <tr key={key}>
                <th scope="row">
                  {title}
                  {key === 'seats' && <span class="muted"> ({seats.used ?? 0} in use)</span>}
                </th>
                {plans.map(([name, plan]) => (
                  <td key={name} class={name === yours ? 'is-yours' : ''}>
                    <Grant plan={plan} feature={key} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}

function Price({ plan, interval }: { plan: Plan; interval: Interval }): JSX.Element {
  const price = plan.prices?.find((one) => one.interval === interval)
  if (price)
    return (
      <>
        <span class="price">{dollars(price.unitAmount)}</span>
        <span class="muted small">a seat each {interval}</span>
      </>
    )
  return (
    <>
      <span class="price">{plan.title === 'Free' ? '$0' : 'Talk to us'}</span>
      <span class="muted small">{plan.title === 'Free' ? 'for small teams' : 'by invoice'}</span>
    </>
  )
}

function Grant({ plan, feature }: { plan: Plan; feature: string }): JSX.Element {
  const grant = plan.grants[feature]
  if (grant === undefined)
    return (
      <span class="muted">
        –<span class="vh">Not included</span>
      </span>
    )
  if (grant === true)
    return (
      <span class="yes">
        <Icon name="check" />
        <span class="vh">Included</span>
      </span>
    )
  if (grant === 'unlimited') return <>No limit</>
  if (grant === 'purchased') return <>As many as you need</>
  if (typeof grant === 'number') return <>{grant.toLocaleString('en-US')}</>
  return <>{grant.value === null ? 'All of it' : `${Number(grant.value).toLocaleString('en-US')} days`}</>
}

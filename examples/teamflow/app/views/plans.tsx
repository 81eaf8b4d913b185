import { type HTMLAttributes, h, type JSX } from 'preact'
import config from '../../softgate.config.ts'
import { Icon } from './icons.tsx'
import { Title } from './parts.tsx'

const sales = 'mailto:sales@teamflow.example'

/**
 * Softgate's plans side by side. Until its script runs, and without it, the plans as TeamFlow itself knows them: to read, and to
 * write to somebody.
 */
export const Plans = (): JSX.Element => (
  <div class="stack">
    <Title>Plans</Title>
    {h(
      'softgate-plans',
      null,
      <Catalog />,
      h('a', { slot: 'requests', class: 'small', href: '/settings/requests' } as HTMLAttributes, 'See requests'),
      h(
        'a',
        {
          slot: 'enterprise',
          class: 'button is-plain is-wide',
          href: sales,
        } as HTMLAttributes,
        'Write to us',
      ),
    )}
  </div>
)

const plans = Object.entries(config.plans)
const features = Object.entries(config.features).filter(([key]) => plans.some(([, { grants }]) => key in grants))

const Catalog = (): JSX.Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
  <section class="scroll" aria-label="Plans side by side" tabIndex={0}>
    <table class="plans">
      <thead>
        <tr>
          <td />
          {plans.map(([key, { title, prices }]) => (
            <th key={key} scope="col">
              <span class="name">{title}</span>
              <span class="price">
                {prices?.[0]?.unitAmount
                  ? moneyOf(prices[0].unitAmount)
                  : key === config.defaultPlan
                    ? 'Free'
                    : 'Talk to us'}
              </span>
              <span class="muted small">{prices?.[0] && `a seat each ${prices[0].interval}`}</span>
              <a class="button is-plain is-small" href={`${sales}?subject=${title}`}>
                Write to us<i class="vh"> about {title}</i>
              </a>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {features.map(([feature, { title }]) => (
          <tr key={feature}>
            <th scope="row">{title}</th>
            {plans.map(([key, { grants }]) => (
              <td key={key}>
                <Given grant={grants[feature]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    <p class="muted small">
      {Object.values(config.addons)
        .map(
          ({ title, prices: [price] }) =>
            `${title}, an add-on to any plan: ${moneyOf(price?.unitAmount ?? 0)} each month.`,
        )
        .join(' ')}
    </p>
  </section>
)

const moneyOf = (amount: number): string =>
  (amount / 100).toLocaleString('en-US', { style: 'currency', currency: 'usd', trailingZeroDisplay: 'stripIfInteger' })

type Grant = (typeof config.plans)[string]['grants'][string]

function Given({ grant }: { grant: Grant | undefined }): JSX.Element {
  if (grant === true)
    return (
      <span class="yes">
        <Icon name="check" />
        <span class="vh">Included</span>
      </span>
    )
  if (grant === undefined)
    return (
      <span class="muted">
        –<span class="vh">Not included</span>
      </span>
    )
  if (grant === 'unlimited') return <>No limit</>
  if (grant === 'purchased') return <>As many as you need</>
  if (typeof grant === 'number') return <>{grant.toLocaleString('en-US')}</>
  return <>{grant.value === null ? 'No limit' : `${Number(grant.value).toLocaleString('en-US')} days`}</>
}

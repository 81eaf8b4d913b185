import type { Decision } from '@softgate/sdk/contract'
import { type HTMLAttributes, h, type JSX } from 'preact'
import { Chart, type ChartProps } from './chart.tsx'
import { dayOf, Empty, Meter, Nudge, Subscription, Title } from './parts.tsx'
import { plural } from './words.ts'

export interface UsageProps {
  meters: { key: string; title: string; unit: string; decision: Decision }[]
  charts: ChartProps[]
  /** The plan's title; null when Softgate does not answer. */
  plan: string | null
  /** Whether this person may read and change what is paid. */
  buyer: boolean
  exports: { id: string; projectName: string; personName: string; rows: number; at: number }[]
  timeZone: string
}

/** Every meter, how it got there, what was paid, and what will change by itself. */
export function Usage(props: UsageProps): JSX.Element {
  const { meters, charts, exports, buyer, timeZone } = props
  return (
    <div class="stack">
      <Title>Usage</Title>
      <Subscription variant="summary">
        <PlanCard {...props} />
        {h(
          'a',
          { slot: 'actions', class: 'button is-plain', href: '/settings/plans' } as HTMLAttributes,
          'Compare plans',
        )}
      </Subscription>
      <div class="meters">
        {meters.map(({ key, title, unit, decision }) => (
          <div key={key}>
            <Meter title={title} unit={unit} decision={decision} />
            <Nudge feature={key} />
          </div>
        ))}
      </div>
      {charts.length > 0 && (
        <section class="stack is-close" aria-labelledby="history">
          <h2 id="history">History</h2>
          <div class="charts">
            {charts.map((chart) => (
              <Chart key={chart.id} {...chart} />
            ))}
          </div>
        </section>
      )}
      {buyer && (
        <section class="stack is-close" aria-labelledby="invoices">
          <h2 id="invoices">Invoices</h2>
          <Subscription variant="invoices">
            <p class="muted">They are fetched from Stripe.</p>
          </Subscription>
        </section>
      )}
      <section class="stack is-close" aria-labelledby="exports">
        <h2 id="exports">Latest exports</h2>
        {exports.length === 0 ? (
          <Empty title="Nothing exported yet">Every board has “Export to CSV” above its columns.</Empty>
        ) : (
          <ul class="list">
            {exports.map(({ id, projectName, personName, rows, at }) => (
              <li key={id}>
                <div>
                  <p class="medium">{projectName}</p>
                  <p class="muted small">
                    {personName}, {dayOf(at, timeZone)}, {plural(rows, 'task', 'tasks')}
                  </p>
                </div>
                <a class="end small" href={`/exports/${id}.csv`}>
                  Download<span class="vh"> {projectName}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}

/** The plan as TeamFlow's server knows it, until Softgate's element has more to say. */
function PlanCard({ plan, meters }: UsageProps): JSX.Element | null {
  const seats = meters.find(({ key }) => key === 'seats')?.decision.limit ?? null
  return (
    <div class="frame plan-card">
      <dl>
        <div>
          <dt>Plan</dt>
          <dd>
            {plan ?? 'Not known right now'}
            {seats !== null && `, ${plural(seats, 'seat', 'seats')}`}
          </dd>
        </div>
      </dl>
      <a class="button is-plain" href="/settings/plans">
        Compare plans
      </a>
    </div>
  )
}

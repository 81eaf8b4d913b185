import type { Account, Decision, Invoice, Money, PendingChange } from '@softgate/sdk/contract'
import type { JSX } from 'preact'
import { Chart, type ChartProps } from './chart.tsx'
import { Icon } from './icons.tsx'
import { dayOf, Empty, Meter, Title } from './parts.tsx'
import { moneyOf } from './plans.tsx'
import { plural } from './words.ts'

export interface UsageProps {
  meters: { key: string; title: string; unit: string; decision: Decision }[]
  charts: ChartProps[]
  /** The plan's title; null when Softgate does not answer. */
  plan: string | null
  /** Of one seat. */
  price: Money | null
  subscription: Account['subscription']
  pending: PendingChange | null
  /** Null for those who may not see them. */
  invoices: Invoice[] | null
  exports: { id: string; projectName: string; personName: string; rows: number; at: number }[]
  timeZone: string
}

/** Every meter, how it got there, what was paid, and what will change by itself. */
export function Usage(props: UsageProps): JSX.Element {
  const { meters, charts, exports, invoices, timeZone } = props
  return (
    <div class="stack">
      <Title>Usage</Title>
      <Notices {...props} />
      <PlanCard {...props} />
      <div class="meters">
        {meters.map(({ key, title, unit, decision }) => (
          <div key={key}>
            <Meter title={title} unit={unit} decision={decision} />
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
      {invoices && <Invoices invoices={invoices} timeZone={timeZone} />}
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

/** What happens by itself, and what waits for somebody: said before its day, with one click to change it. */
function Notices({ pending, invoices, plan, timeZone }: UsageProps): JSX.Element {
  const open = invoices?.find(({ status }) => status === 'open')
  return (
    <>
      {open && (
        <section class="notice is-warn" aria-labelledby="open-invoice">
          <Icon name="card" />
          <div>
            <h2 id="open-invoice">The invoice of {dayOf(open.at, timeZone)} is not paid yet</h2>
            <p class="muted small">Everything works on for now. {moneyOf(open.total)} is open.</p>
            {open.url && (
              <a class="button is-primary" href={open.url}>
                Pay {moneyOf(open.total)}
              </a>
            )}
          </div>
        </section>
      )}
      {pending && (
        <section class="notice" aria-labelledby="pending">
          <Icon name="clock" />
          <div>
            <h2 id="pending">{pending.title}</h2>
            <p class="muted small">{plan} stays as it is until then. Projects and history stay in any case.</p>
            {pending.undo && (
              <button
                class="button is-primary"
                type="button"
                data-offer={pending.undo.id}
                data-title={`Keep ${plan}`}
                data-body="Nothing changes, and nothing is charged."
              >
                Keep {plan}
              </button>
            )}
          </div>
        </section>
      )}
    </>
  )
}

function PlanCard({ plan, price, subscription, meters, invoices, timeZone }: UsageProps): JSX.Element | null {
  if (plan === null) return null
  const seats = meters.find(({ key }) => key === 'seats')?.decision.limit ?? null
  const renews = subscription && subscription.cancelAt === null ? subscription.currentPeriodEnd : null
  return (
    <div class="frame plan-card">
      <dl>
        <div>
          <dt>Plan</dt>
          <dd>
            {plan}
            {seats !== null && `, ${plural(seats, 'seat', 'seats')}`}
          </dd>
        </div>
        {renews && (
          <div>
            <dt>Renews on</dt>
            <dd>{dayOf(renews, timeZone)}</dd>
          </div>
        )}
        {invoices && subscription && price && seats !== null && (
          <div>
            <dt>Before tax</dt>
            <dd>
              {moneyOf({ ...price, amount: price.amount * seats })} a {subscription.interval}
            </dd>
          </div>
        )}
      </dl>
      <a class="button is-plain" href="/settings/plans">
        Compare plans
      </a>
    </div>
  )
}

const statusWords: Record<string, string> = {
  paid: 'Paid',
  open: 'Open',
  void: 'Canceled',
  uncollectible: 'Written off',
}

const Invoices = ({ invoices, timeZone }: { invoices: Invoice[]; timeZone: string }): JSX.Element => (
  <section class="stack is-close" aria-labelledby="invoices">
    <h2 id="invoices">Invoices</h2>
    {invoices.length === 0 ? (
      <Empty title="No invoices yet">The first comes with the first payment.</Empty>
    ) : (
      <table class="invoices">
        <thead>
          <tr>
            <th scope="col">Date</th>
            <th scope="col">For</th>
            <th scope="col">Status</th>
            <th scope="col">Amount</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {invoices.map(({ id, at, description, status, total, url }) => (
            <tr key={id}>
              <th scope="row">{dayOf(at, timeZone)}</th>
              <td>{description}</td>
              <td>
                <span class={status === 'paid' ? 'tag is-ok' : 'tag'}>
                  {status === 'paid' && <Icon name="check" />}
                  {statusWords[status] ?? status}
                </span>
              </td>
              <td class="figures">{moneyOf(total)}</td>
              <td>
                {url && (
                  <a href={url}>
                    {status === 'open' ? 'Pay' : 'Receipt'}
                    <span class="vh"> of {dayOf(at, timeZone)}</span>
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)

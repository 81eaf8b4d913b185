import type { UseEstimate } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { day, money, number } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { estimateEnglish } from './estimate-messages.ts'
import { createEstimate, type Estimate } from './estimate-state.ts'

/** What use comes to in this period, and the next invoice line by line: by itself once use is billed, else when it is opened. */
export function createEstimatePart(): Body {
  const part = createEstimate({ softgate: client, page })
  return {
    view() {
      const say = words('estimate', estimateEnglish)
      const estimate = part.estimate.value
      const use = estimate?.use ?? []
      return (
        <div class="card estimate" part="estimate">
          {estimate && use.length > 0 && <h2>{say.title(...periodOf(estimate))}</h2>}
          {use.map((one) => (
            <Use key={one.feature} use={one} until={periodOf(estimate)[1]} />
          ))}
          <details onToggle={part.ask}>
            <summary>
              {say.next} {estimate?.invoice && <bdi>{money(estimate.invoice.total)}</bdi>}
            </summary>
            {estimate && <Invoice invoice={estimate.invoice} />}
          </details>
        </div>
      )
    },
    dispose: part.dispose,
  }
}

const periodOf = (estimate: Estimate | null): [from: string, to: string] => {
  const { start = '', end = '' } = estimate?.period ?? {}
  return [day(start, page.now()), day(end, page.now())]
}

/** What a feature's use costs by now, how it is reckoned, and what it will come to. */
function Use({ use, until }: { use: UseEstimate; until: string }): VNode {
  const say = words('estimate', estimateEnglish)
  const { title, limit, used, overage, price, amount, forecast } = use
  const included = number(limit ?? 0)
  return (
    <div class="use">
      <p class="row">
        <b>{title}</b>
        <bdi>{say.soFar(money(amount))}</bdi>
      </p>
      <p class="muted">
        {overage > 0 ? say.beyond(number(overage), included, price) : say.within(number(used), included, price)}
      </p>
      {forecast && forecast.amount.amount > 0 && (
        <p>
          {say.ahead(money(forecast.amount), until)}
          {forecast.least.amount < forecast.most.amount && (
            <span class="muted">, {say.between(money(forecast.least), money(forecast.most))}</span>
          )}
        </p>
      )}
    </div>
  )
}

function Invoice({ invoice }: Pick<Estimate, 'invoice'>): VNode {
  const say = words('estimate', estimateEnglish)
  if (!invoice) return <p class="muted">{say.none}</p>
  const { currency } = invoice.total
  const lines = invoice.lines.filter(({ amount }) => amount !== 0)
  return (
    <ul class="lines">
      {lines.map(({ description, amount }) => (
        <li class="row" key={description}>
          <span>{description}</span>
          <bdi>{money({ amount, currency })}</bdi>
        </li>
      ))}
      {invoice.tax.amount !== 0 && (
        <li class="row">
          <span>{say.tax}</span>
          <bdi>{money(invoice.tax)}</bdi>
        </li>
      )}
    </ul>
  )
}

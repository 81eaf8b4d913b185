import type { Invoice } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { day, money } from '../format.ts'
import { words } from '../messages.ts'
import { safeUrl } from '../upgrade/safe-url.ts'
import { subscriptionEnglish } from './messages.ts'

/** What was paid, newest first. */
export function Invoices({ invoices, now }: { invoices: readonly Invoice[]; now: number }): VNode {
  const say = words('subscription', subscriptionEnglish)
  const statuses: Record<string, string> = {
    paid: say.paid,
    open: say.open,
    void: say.void,
    uncollectible: say.uncollectible,
  }
  if (invoices.length === 0) return <p class="muted">{say.none}</p>
  return (
    <table part="invoices">
      <caption class="vh">{say.invoices}</caption>
      <thead>
        <tr>
          <th scope="col">{say.date}</th>
          <th scope="col">{say.for}</th>
          <th scope="col">{say.status}</th>
          <th scope="col">{say.amount}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {invoices.map(({ id, at, description, status, total, url }) => (
          <tr key={id}>
            <th scope="row">{day(at, now)}</th>
            <td>{description}</td>
            <td>
              <span class={`tag ${status}`}>{statuses[status] ?? status}</span>
            </td>
            <td>
              <bdi>{money(total)}</bdi>
            </td>
            <td>
              {url && safeUrl(url) && (
                <a class="link" href={url} target="_blank" rel="noreferrer">
                  {say.receipt}
                  <span class="vh"> {say.receiptOf(day(at, now))}</span>
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

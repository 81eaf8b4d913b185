import type { AccessRequest } from '@softgate/sdk'
import type { VNode } from 'preact'
import { naming } from '../about.ts'
import { client } from '../client.ts'
import { money, number } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { requestsEnglish } from './messages.ts'
import { Avatar, ago, Done, firstNameOf, listOf, nameOf, titleOf } from './parts.tsx'
import type { Reply } from './reply.tsx'
import type { Bought, RequestGroup, Requests } from './state.ts'

const namesOf = (requests: readonly AccessRequest[]): string =>
  requests.length > 3 ? '' : listOf(requests.map((request) => firstNameOf(nameOf(request))))

/** What a decision about a group costs and does, in a sentence; and the word on its button. */
function decision(group: RequestGroup, paying: boolean): { why: string; label: string; kind: string; ready: boolean } {
  const say = words('requests', requestsEnglish)
  const { feature, covered, selected, offer, quote, requests } = group
  const asked = say.asked(requests.length, selected.length)
  if (selected.length === 0) return { why: asked, label: say.nothingSelected, kind: 'plain', ready: false }
  if (covered) return { why: `${asked} ${say.inPlan}`, label: say.grant(namesOf(selected)), kind: 'plain', ready: true }
  const adds = offer?.kind === 'add'
  if (quote === 'waiting')
    return { why: asked, label: adds ? say.pricing : say.plan, kind: adds ? 'main' : 'plain', ready: !adds }
  if (!quote) {
    const label = client.value?.state.value?.asksVendor ? say.askVendor : adds || !offer ? say.seePrice : say.plan
    return { why: asked, label, kind: 'plain', ready: true }
  }
  const { limit } = client.value?.check(feature) ?? {}
  const count = quote.quantity ?? 0
  const unit = client.value?.state.value?.about[feature]?.unit
  const all = adds ? (limit ?? 0) + count : count
  const { name: seats } = { name: adds ? naming(feature, '', '').units(all) : `${offer?.unit}${all === 1 ? '' : 's'}` }
  const units = all > 0 && (unit || offer?.unit) ? `${number(all)} ${seats}` : ''
  const price = say.price(money(quote.dueNow), money(quote.recurring), quote.recurring.interval, units)
  const amount = money(quote.dueNow)
  if (!adds)
    return {
      why: `${asked} ${say.comesWith(offer?.title ?? '')} ${price}`,
      label: say.plan,
      kind: 'plain',
      ready: true,
    }
  const label = paying
    ? say.paying(amount)
    : offer?.unit
      ? say.add(number(count), naming(feature, '', '').units(count), amount)
      : say.addAddon(offer?.title ?? '', amount)
  return { why: `${asked} ${price}`, label, kind: 'main', ready: true }
}

/** Who asks for one feature, and the one button that answers all who are selected. */
export function Group({ group, inbox, reply }: { group: RequestGroup; inbox: Requests; reply: Reply }): VNode {
  const { feature, requests, selected } = group
  const paying = inbox.paying.value === feature
  const { why, label, kind, ready } = decision(group, paying)
  const still = !ready || inbox.busy.value
  return (
    <section class="group" part="group" key={feature} aria-label={titleOf(feature)}>
      <div class="head">
        <div>
          <h2>{titleOf(feature)}</h2>
          <small>{why}</small>
        </div>
        <button
          type="button"
          class={kind}
          part="grant"
          aria-disabled={still}
          aria-busy={paying || group.quote === 'waiting'}
          onClick={() => still || void inbox.grant(group)}
        >
          {paying && <i class="spin" />}
          {label}
        </button>
      </div>
      <ul>
        {requests.map((request) =>
          OpenRow({ request, selected: selected.includes(request), alone: requests.length === 1, inbox, reply }),
        )}
      </ul>
    </section>
  )
}

interface OpenRowInput {
  request: AccessRequest
  selected: boolean
  /** Nobody else asks for it: there is nothing to choose. */
  alone: boolean
  inbox: Requests
  reply: Reply
}

function OpenRow({ request, selected, alone, inbox, reply }: OpenRowInput): VNode {
  const say = words('requests', requestsEnglish)
  const { id, note, createdAt, quantity, feature } = request
  const name = nameOf(request)
  return (
    <li class="row" part="row" key={id}>
      {!alone && (
        <input type="checkbox" aria-label={say.select(name)} checked={selected} onChange={() => inbox.toggle(id)} />
      )}
      <Avatar name={name} />
      <div>
        <b>{name}</b>{' '}
        {quantity > 1 && (
          <span class="muted">
            {number(quantity)} {naming(feature, '', '').units(quantity)}
          </span>
        )}
        {note && <p class="muted">“{note}”</p>}
      </div>
      <small class="when">{ago(createdAt, page.now())}</small>
      {reply.to() === id ? (
        reply.view(request)
      ) : (
        <button type="button" class="quiet" aria-expanded={false} onClick={() => reply.begin(id)}>
          {say.decline}
        </button>
      )}
    </li>
  )
}

/** What was decided just now, for whom, and the receipt. */
export function BoughtNote({ bought }: { bought: Bought }): VNode {
  const say = words('requests', requestsEnglish)
  const { feature, requests, upgrade } = bought
  const { limit } = client.value?.check(feature) ?? {}
  const account = client.value?.state.value?.account.name
  const units = naming(feature, '', '').units(limit ?? 0)
  const url = upgrade?.invoice?.url
  return (
    <section class="group" part="group" key="bought">
      <div class="row">
        <Done />
        <div>
          <b>{upgrade && limit && account ? say.has(account, number(limit), units) : say.granted(titleOf(feature))}</b>
          <p class="muted">
            {say.told(listOf(requests.map((request) => firstNameOf(nameOf(request)))), requests.length > 1)}{' '}
            {upgrade?.invoice && url && (
              <a href={url} target="_blank" rel="noreferrer">
                {say.receipt(money(upgrade.invoice.amountPaid))}
              </a>
            )}
          </p>
        </div>
      </div>
    </section>
  )
}

import type { AccessRequest } from '@softgate/sdk'
import type { VNode } from 'preact'
import { naming } from '../about.ts'
import { client } from '../client.ts'
import { day, number } from '../format.ts'
import { Icon, lock } from '../icons.tsx'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { requestsEnglish } from './messages.ts'
import { Avatar, firstNameOf, listOf, nameOf, since, Tag, titleOf } from './parts.tsx'
import type { Requests } from './state.ts'

/** How it was answered, by whom and when; of an open one, with whom it is. */
function told(request: AccessRequest): string {
  const say = words('requests', requestsEnglish)
  const { status, reply, answeredByName, answeredAt, createdAt } = request
  const by = answeredByName ? firstNameOf(answeredByName) : ''
  if (status === 'open') {
    const from = since(createdAt, page.now())
    const { admins = [], asksVendor } = client.value?.state.value ?? {}
    if (asksVendor) return say.waitsWithVendor(from)
    return say.waitsWith(admins.length > 3 ? '' : listOf(admins.map(firstNameOf)), from)
  }
  if (reply) return say.says(by, reply)
  const on = day(answeredAt ?? createdAt, page.now())
  if (status === 'withdrawn') return say.takenBackOn(on)
  return status === 'granted' ? say.grantedBy(by, on) : say.declinedBy(by, on)
}

/** A record with the words that were sent; of one's own, with the way to take it back while it waits. */
export function AnsweredRow({ request, own, inbox }: { request: AccessRequest; own: boolean; inbox: Requests }): VNode {
  const say = words('requests', requestsEnglish)
  const { id, feature, quantity, status, answeredAt, createdAt } = request
  const what = quantity > 1 ? `${number(quantity)} ${naming(feature, '', '').units(quantity)}` : titleOf(feature)
  const still = inbox.busy.value
  return (
    <li class="row" part="row" key={id}>
      {own ? (
        <span class="av" aria-hidden="true">
          <Icon path={lock} />
        </span>
      ) : (
        <Avatar name={nameOf(request)} />
      )}
      <div>
        {own ? (
          <b>{what}</b>
        ) : (
          <>
            <b>{nameOf(request)}</b> <span class="muted">{what}</span>
          </>
        )}
        <p class="muted">{told(request)}</p>
      </div>
      {!own && <small class="when">{day(answeredAt ?? createdAt, page.now())}</small>}
      <Tag status={status} own={own} />
      {own && status === 'open' && (
        <button type="button" class="link" aria-disabled={still} onClick={() => still || void inbox.withdraw(id)}>
          {say.takeBack}
        </button>
      )}
    </li>
  )
}

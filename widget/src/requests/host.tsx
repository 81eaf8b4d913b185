import { signal } from '@preact/signals-core'
import type { AccessRequest } from '@softgate/sdk'
import type { VNode } from 'preact'
import { naming, spoken } from '../about.ts'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { day } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { requestsCss } from './css.ts'
import { requestsEnglish } from './messages.ts'
import { createRequests, type RequestGroup } from './state.ts'

const title = (feature: string): string => naming(feature, '', '').title

/** What `<softgate-requests>` becomes when its part has come. */
export function createRequestsHost(host: HTMLElement): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, requestsCss)
  const inbox = createRequests({ softgate: client })
  const declining = signal('')

  const button = (label: string, kind: string, onClick: () => void, still = false): VNode => (
    <button type="button" key={kind} class={kind} aria-disabled={still} onClick={() => still || onClick()}>
      {label}
    </button>
  )
  const reply = ({ id, user, name }: AccessRequest): VNode => {
    const say = words('requests', requestsEnglish)
    const send = (): void => {
      const text = host.shadowRoot?.querySelector('textarea')?.value ?? ''
      void inbox.decline(id, text).then(() => {
        declining.value = ''
      })
    }
    return (
      <div class="reply" key="reply">
        <label for="reply">{say.word(name ?? spoken(user))}</label>
        <textarea id="reply" rows={2} maxLength={500} ref={(field: HTMLElement | null) => field?.focus()} />
        <span>
          {button(say.declineSend, 'plain', send, inbox.busy.value)}
          {button(say.cancel, 'quiet', () => {
            declining.value = ''
          })}
        </span>
      </div>
    )
  }
  const row = (request: AccessRequest, selected: boolean | null): VNode => {
    const say = words('requests', requestsEnglish)
    const { id, user, name, note, status, createdAt, reply: answer } = request
    const who = name ?? spoken(user)
    const text = status === 'open' ? note : (answer ?? note)
    return (
      <li class="row" part="row" key={id}>
        {selected !== null && (
          <input type="checkbox" aria-label={say.select(who)} checked={selected} onChange={() => inbox.toggle(id)} />
        )}
        <div>
          {selected === null ? `${title(request.feature)}, ${who}` : who}
          {text && <p class="muted">“{text}”</p>}
        </div>
        <small>{day(createdAt, page.now())}</small>
        {selected === null ? (
          <span class="tag">{say[status]}</span>
        ) : (
          declining.value !== id &&
          button(say.decline, 'quiet', () => {
            declining.value = id
          })
        )}
        {declining.value === id && reply(request)}
      </li>
    )
  }
  const group = (of: RequestGroup): VNode => {
    const say = words('requests', requestsEnglish)
    const { feature, requests, selected, units, covered } = of
    const still = inbox.busy.value || selected.length === 0
    return (
      <section class="group" part="group" key={feature} aria-label={title(feature)}>
        <div class="head">
          <div>
            <h2>{title(feature)}</h2>
            <small>{say.asked(requests.length, units)}</small>
          </div>
          {button(covered ? say.grant : say.price, covered ? 'plain' : 'main', () => void inbox.grant(of), still)}
        </div>
        <ul>{requests.map((request) => row(request, selected.includes(request)))}</ul>
      </section>
    )
  }
  return {
    view() {
      const say = words('requests', requestsEnglish)
      if (!inbox.all.value) return null
      const groups = inbox.groups.value
      const answered = inbox.answered.value
      return (
        <>
          {groups.map(group)}
          {groups.length === 0 && inbox.admin.value && (
            <div class="empty">
              <b>{say.none}</b>
              <p class="muted">{say.noneWhy}</p>
            </div>
          )}
          {answered.length > 0 && (
            <ul class="group" key="answered">
              {answered.map((request) => row(request, null))}
            </ul>
          )}
          <p role="status">{inbox.failed.value && say.failed}</p>
        </>
      )
    },
    dispose: inbox.dispose,
  }
}

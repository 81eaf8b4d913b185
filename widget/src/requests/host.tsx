import { signal } from '@preact/signals-core'
import type { VNode } from 'preact'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { number } from '../format.ts'
import { Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { settleUpgrade } from '../show-offer.ts'
import { AnsweredRow } from './answered.tsx'
import { requestsCss } from './css.ts'
import { BoughtNote, Group } from './group.tsx'
import { requestsEnglish } from './messages.ts'
import { createReply } from './reply.tsx'
import { createRequests } from './state.ts'

const tray =
  'M2.500 9 4.300 3.500h7.400L13.500 9v3.500h-11V9Zm0 0h3.300c.2 1.200 1 1.800 2.200 1.800s2-.6 2.200-1.800h3.300'

/** What `<softgate-requests>` becomes when its part has come. */
export function createRequestsHost(host: HTMLElement): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, requestsCss)
  const finish = async (...input: Parameters<typeof settleUpgrade>) => (await settleUpgrade(...input)) === 'upgraded'
  const inbox = createRequests({ softgate: client, page, finish })
  const reply = createReply(inbox)
  const tab = signal<'open' | 'answered'>('open')

  const tabs = (open: number): VNode => {
    const say = words('requests', requestsEnglish)
    const one = (key: typeof tab.value, label: string, count = 0): VNode => (
      <button
        type="button"
        role="tab"
        key={key}
        id={key}
        aria-selected={tab.value === key}
        aria-controls="list"
        tabIndex={tab.value === key ? 0 : -1}
        onClick={() => {
          tab.value = key
        }}
      >
        {label} {count > 0 && <span class="muted">{number(count)}</span>}
      </button>
    )
    const move = (event: KeyboardEvent): void => {
      if (!/^Arrow(Left|Right)$|^Home$|^End$/.test(event.key)) return
      tab.value = tab.value === 'open' ? 'answered' : 'open'
      queueMicrotask(() => host.shadowRoot?.querySelector<HTMLElement>('[aria-selected=true]')?.focus())
      event.preventDefault()
    }
    return (
      <div class="tabs" role="tablist" aria-label={say.tabs} key="tabs" onKeyDown={move}>
        {one('open', say.tabOpen, open)}
        {one('answered', say.tabAnswered)}
      </div>
    )
  }
  const none = (title: string, why: string): VNode => (
    <div class="empty">
      <Icon path={tray} />
      <b>{title}</b>
      <p class="muted">{why}</p>
    </div>
  )
  const record = (own: boolean, requests = inbox.answered.value): VNode => (
    <ul class="group" key="answered">
      {requests.map((request) => AnsweredRow({ request, own, inbox }))}
    </ul>
  )
  const empty = (): VNode => {
    const say = words('requests', requestsEnglish)
    return <slot>{none(say.none, say.noneWhy)}</slot>
  }

  return {
    view() {
      const say = words('requests', requestsEnglish)
      const { value: all } = inbox.all
      if (!all) return null
      const groups = inbox.groups.value
      const waiting = inbox.waiting.value
      const answered = inbox.answered.value.length > 0
      const failed = inbox.failed.value
      const note = <p role="status">{failed && say[failed]}</p>
      const { value: bought } = inbox.bought
      if (!inbox.admin.value)
        return (
          <>
            {answered ? record(true) : empty()}
            {note}
          </>
        )
      return (
        <>
          {tabs(all.filter(({ status }) => status === 'open').length)}
          <div role="tabpanel" id="list" aria-labelledby={tab.value} key="list">
            <div role="status">{bought && tab.value === 'open' && <BoughtNote bought={bought} />}</div>
            {tab.value === 'open' && groups.map((group) => Group({ group, inbox, reply }))}
            {tab.value === 'open' && waiting.length > 0 && record(true, waiting)}
            {tab.value === 'open' && groups.length + waiting.length === 0 && empty()}
            {tab.value === 'answered' && (answered ? record(false) : none(say.noneAnswered, ''))}
          </div>
          {note}
        </>
      )
    },
    dispose: inbox.dispose,
  }
}

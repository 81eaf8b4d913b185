import { signal } from '@preact/signals-core'
import type { AccessRequest } from '@softgate/sdk'
import type { VNode } from 'preact'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { requestsEnglish } from './messages.ts'
import { firstNameOf, nameOf } from './parts.tsx'
import type { Requests } from './state.ts'

export interface Reply {
  /** The request that is being declined; empty for none. */
  to(): string
  begin(id: string): void
  view(request: AccessRequest): VNode
}

/** Declining with a word: suggestions fill the field, and whoever asked reads exactly what is in it. */
export function createReply(inbox: Requests): Reply {
  const to = signal('')
  const text = signal('')
  const begin = (id: string): void => {
    to.value = id
    text.value = ''
  }
  return {
    to: () => to.value,
    begin,
    view(request) {
      const say = words('requests', requestsEnglish)
      const still = inbox.busy.value
      const send = (): void => {
        if (still) return
        void inbox.decline(request.id, text.peek().trim()).then(() => {
          // What was written is not lost with a connection.
          if (!inbox.failed.peek()) begin('')
        })
      }
      return (
        <div class="reply" key="reply">
          {/* biome-ignore lint/a11y/useSemanticElements: buttons, no fields of a form */}
          <div class="chips" role="group" aria-label={say.suggestions}>
            {say.suggest(page.now()).map(([label, full]) => (
              <button
                type="button"
                key={label}
                aria-pressed={text.value === full}
                onClick={() => {
                  text.value = full
                }}
              >
                {label}
              </button>
            ))}
          </div>
          <label for="reply">
            {say.word(firstNameOf(nameOf(request)))} <span class="muted">{say.optional}</span>
          </label>
          <textarea
            id="reply"
            rows={3}
            maxLength={500}
            value={text.value}
            onInput={({ currentTarget }) => {
              text.value = currentTarget.value
            }}
            ref={focusOnce}
          />
          <div class="acts">
            <button type="button" class="plain" aria-disabled={still} onClick={send}>
              {say.declineSend}
            </button>
            <button type="button" class="quiet" onClick={() => begin('')}>
              {say.cancel}
            </button>
          </div>
        </div>
      )
    },
  }
}

const focusOnce = (field: HTMLElement | null): void => field?.focus()

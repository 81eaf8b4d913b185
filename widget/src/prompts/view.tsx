import { signal } from '@preact/signals-core'
import type { VNode } from 'preact'
import { day } from '../format.ts'
import { close, Icon, trend } from '../icons.tsx'
import { words } from '../messages.ts'
import { accountName, Menu, subjectOf } from './menu.tsx'
import { promptsEnglish } from './messages.ts'
import type { Chosen, Prompts } from './state.ts'
import { moment } from './when.ts'

const dots = 'M3.500 8h.01M8 8h.01M12.500 8h.01'

export interface PromptsViewInput {
  prompts: Prompts
  now(): number
  onAct(): void
}

/** What a choice did, in words. */
function told({ choice, until, feature }: Chosen, now: number): string {
  const say = words('prompts', promptsEnglish)
  if (choice === 'neverAll') return say.silencedAll(accountName())
  if (until === null) return say.silenced(subjectOf(feature))
  return choice === 'month' ? say.paused(subjectOf(feature), day(until, now)) : say.snoozed(...moment(until, 'long'))
}

/** Draws a prompt in its shape with its menu, and what the user has just chosen. */
export function createPromptsView({ prompts, now, onAct }: PromptsViewInput): () => VNode | null {
  const menu = signal(false)
  let dialog: HTMLDialogElement | null = null
  let opener: Element | null = null
  let dotsButton: HTMLElement | null = null

  const cross = (onClick: () => void): VNode => (
    <button type="button" class="icon" aria-label={words('prompts', promptsEnglish).close} onClick={onClick}>
      <Icon path={close} />
    </button>
  )
  const afterwards = (chosen: Chosen): VNode => {
    const say = words('prompts', promptsEnglish)
    return (
      <div class="toast" part="toast" role="status" key="chosen">
        <p>
          <b>{told(chosen, now())}</b> {chosen.choice.startsWith('never') && <span>{say.stillAnswers}</span>}
        </p>
        <span class="tools">{cross(prompts.settle)}</span>
        <div class="acts">
          <button type="button" class="link" onClick={prompts.undo}>
            {say.undo}
          </button>
        </div>
      </div>
    )
  }
  const tools = (feature: string | null): VNode => (
    <span class="tools">
      <button
        type="button"
        class="icon"
        aria-label={words('prompts', promptsEnglish).more}
        aria-haspopup="menu"
        aria-expanded={menu.value}
        onClick={() => {
          menu.value = !menu.value
        }}
        ref={(button: HTMLElement | null) => {
          dotsButton = button
        }}
      >
        <Icon path={dots} />
      </button>
      {cross(prompts.close)}
      {menu.value && (
        <Menu
          prompts={prompts}
          feature={feature}
          now={now()}
          onShut={(refocus) => {
            menu.value = false
            if (refocus) dotsButton?.focus()
          }}
        />
      )}
    </span>
  )
  /** A dialog of the browser's own holds the focus; where it goes, the focus goes back. */
  const hold = (element: HTMLDialogElement | null): void => {
    if (element && element !== dialog) {
      opener = document.activeElement
      queueMicrotask(() => {
        if (!element.isConnected) return
        element.showModal()
        element.querySelector('h2')?.focus()
      })
    } else if (!element && opener instanceof HTMLElement) opener.focus()
    dialog = element
  }

  return () => {
    const chosen = prompts.chosen.value
    if (chosen) return afterwards(chosen)
    const prompt = prompts.prompt.value
    if (!prompt) {
      menu.value = false
      return null
    }
    const shape = prompts.shape.value
    const { copy, way, feature, delivery } = prompt
    const act = (kind: string): VNode | false =>
      way !== 'none' && (
        <button type="button" class={kind} part="action" onClick={onAct}>
          {copy.action}
        </button>
      )
    if (shape === 'modal')
      return (
        <dialog
          class="modal"
          part="modal"
          key={delivery}
          aria-labelledby="t"
          ref={hold}
          onCancel={(event) => {
            event.preventDefault()
            prompts.close()
          }}
        >
          <div class="top">
            <h2 id="t" tabIndex={-1}>
              {copy.title}
            </h2>
            {tools(feature)}
          </div>
          <slot name="figures" />
          <p>{copy.body}</p>
          <div class="acts">
            {act('main')}
            <button type="button" class="quiet" onClick={prompts.close}>
              {copy.dismiss}
            </button>
          </div>
        </dialog>
      )
    const toast = shape === 'toast'
    return (
      // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it always has a role, one of two that may be named
      <div class={shape} part={shape} key={delivery} role={toast ? 'status' : 'region'} aria-label={copy.title}>
        {(shape === 'banner' || shape === 'inline') && (
          <span class="pic">
            <slot name="icon">
              <Icon path={trend} />
            </slot>
          </span>
        )}
        <p>
          <b>{copy.title}</b> <span>{copy.body}</span>
        </p>
        {tools(feature)}
        {toast || shape === 'nudge' ? <div class="acts">{act('plain')}</div> : act('plain')}
      </div>
    )
  }
}

import { signal } from '@preact/signals-core'
import type { VNode } from 'preact'
import { day } from '../format.ts'
import { close, Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { promptsEnglish } from './messages.ts'
import type { Choice, Prompts } from './state.ts'

const dots = 'M3.5 8h.01M8 8h.01M12.5 8h.01'

export interface PromptsViewInput {
  prompts: Prompts
  now(): number
  onAct(): void
}

/** Draws a banner, an inline card or a toast with its menu, and what the user has just chosen. */
export function createPromptsView({ prompts, now, onAct }: PromptsViewInput): () => VNode | null {
  const menu = signal(false)

  const choices = (say: typeof promptsEnglish): VNode => {
    const names: Choice[] = ['tomorrow', 'nextWeek', 'neverMe']
    if (prompts.admin.value) names.push('neverAll')
    const move = (event: KeyboardEvent): void => {
      const list = event.currentTarget as HTMLElement
      const items = [...list.querySelectorAll('button')]
      const at = items.findIndex((item) => item.matches(':focus'))
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
      if (event.key === 'Escape' || event.key === 'Tab') {
        menu.value = false
        list.parentElement?.querySelector<HTMLElement>('[aria-haspopup]')?.focus()
      } else if (to === undefined) return
      else items.at(to % items.length)?.focus()
      event.preventDefault()
    }
    return (
      <div
        class="menu"
        role="menu"
        key="menu"
        onKeyDown={move}
        ref={(list: HTMLElement | null) => queueMicrotask(() => list?.querySelector('button')?.focus())}
      >
        {names.map((choice) => (
          <button
            type="button"
            role="menuitem"
            key={choice}
            onClick={() => {
              menu.value = false
              prompts.choose(choice)
            }}
          >
            {say[choice]}
          </button>
        ))}
      </div>
    )
  }

  return () => {
    const say = words('prompts', promptsEnglish)
    const chosen = prompts.chosen.value
    if (chosen) {
      const { choice, until } = chosen
      const title = until ? say.snoozed(day(until, now())) : choice === 'neverAll' ? say.silencedAll : say.silenced
      return (
        <div class="toast" part="toast" role="status" key="chosen">
          <p>
            <b>{title}</b> {!until && say.stillAnswers}
          </p>
          <button type="button" class="icon" aria-label={say.close} onClick={prompts.settle}>
            <Icon path={close} />
          </button>
          <button type="button" class="link" onClick={prompts.undo}>
            {say.undo}
          </button>
        </div>
      )
    }
    const prompt = prompts.prompt.value
    if (!prompt) return null
    const { placement, copy, way } = prompt
    const toast = placement === 'toast'
    return (
      // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it always has a role, one of two that may be named
      <div
        class={toast || placement === 'banner' ? placement : 'inline'}
        part={placement}
        key={prompt.delivery}
        role={toast ? 'status' : 'region'}
        aria-label={copy.title}
      >
        <p>
          <b>{copy.title}</b> {copy.body}
        </p>
        <span class="tools">
          <button
            type="button"
            class="icon"
            aria-label={say.more}
            aria-haspopup="menu"
            aria-expanded={menu.value}
            onClick={() => {
              menu.value = !menu.value
            }}
          >
            <Icon path={dots} />
          </button>
          <button type="button" class="icon" aria-label={say.close} onClick={prompts.close}>
            <Icon path={close} />
          </button>
          {menu.value && choices(say)}
        </span>
        {way !== 'none' && (
          <button type="button" class="plain" onClick={onAct}>
            {copy.action}
          </button>
        )}
      </div>
    )
  }
}

import type { VNode } from 'preact'
import { naming } from '../about.ts'
import { client } from '../client.ts'
import { day } from '../format.ts'
import { clock, Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { promptsEnglish } from './messages.ts'
import type { Choice, Prompts } from './state.ts'
import { moment } from './when.ts'

const bell = 'M4 11V7.200a4 4 0 0 1 8 0V11l1 1H3l1-1ZM6.800 13.600h2.400'
const users =
  'M6 3a2.400 2.400 0 1 1 0 4.800A2.400 2.400 0 1 1 6 3M1.800 13c.3-2.400 2-3.800 4.200-3.800s3.900 1.400 4.200 3.800M10.600 3.200a2.400 2.400 0 0 1 0 4.400M11.800 9.600c1.400.5 2.200 1.700 2.400 3.400'

/** What the feature of a prompt is called in the menu and after a choice. */
export const subjectOf = (feature: string | null): string => (feature ? naming(feature, '', '').title : '')
export const accountName = (): string => client.value?.state.value?.account.name ?? ''

export interface MenuInput {
  prompts: Prompts
  feature: string | null
  now: number
  /** Puts the menu away; the focus goes back to its button where the keyboard did it. */
  onShut(refocus: boolean): void
}

function onKey(event: KeyboardEvent, shut: MenuInput['onShut']): void {
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll('button')]
  const at = items.findIndex((item) => item.matches(':focus'))
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
  if (event.key === 'Escape' || event.key === 'Tab') shut(true)
  else if (to === undefined) return
  else items.at(to % items.length)?.focus()
  event.preventDefault()
  // A dialog around it stays open.
  event.stopPropagation()
}

/** When to be reminded, and how to stop a subject: each with what it means in days and hours. */
export function Menu({ prompts, feature, now, onShut }: MenuInput): VNode {
  const say = words('prompts', promptsEnglish)
  const until = (choice: Choice): number => prompts.until(choice) ?? now
  const item = (choice: Choice, icon: string, name: string, end = ''): VNode => (
    <button
      type="button"
      role="menuitem"
      key={choice}
      onClick={() => {
        onShut(false)
        prompts.choose(choice)
      }}
    >
      <Icon path={icon} />
      {name} {end && <small>{end}</small>}
    </button>
  )
  const remind = (choice: Choice, name: string): VNode =>
    item(choice, clock, name, moment(until(choice), 'short').join(' '))
  return (
    <div
      class="menu"
      role="menu"
      key="menu"
      onKeyDown={(event) => onKey(event, onShut)}
      ref={(list: HTMLElement | null) => queueMicrotask(() => list?.querySelector('button')?.focus())}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a menu holds groups, no fieldsets */}
      <div role="group" aria-label={say.remind}>
        <p aria-hidden="true">{say.remind}</p>
        {remind('tomorrow', say.tomorrow)}
        {remind('nextWeek', say.nextWeek)}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a menu holds groups, no fieldsets */}
      <div role="group" aria-label={say.stop(subjectOf(feature))}>
        <p aria-hidden="true">{say.stop(subjectOf(feature))}</p>
        {item('month', clock, say.month, say.until(day(until('month'), now)))}
        {item('neverMe', bell, say.neverMe)}
        {prompts.admin.value && item('neverAll', users, say.neverAll(accountName()))}
      </div>
    </div>
  )
}

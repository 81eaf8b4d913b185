import { signal } from '@preact/signals-core'
import type { VNode } from 'preact'
import { Icon, lock } from '../icons.tsx'
import { words } from '../messages.ts'
import { shapesEnglish } from './shapes-messages.ts'
import { type GateCardInput, GateText } from './view.tsx'

/**
 * A button in the place of a locked control, with a tip that the pointer opens and a click keeps open. The pointer may go
 * over to the tip; Escape and leaving it by the keyboard shut it.
 */
export function createTip(): (input: GateCardInput) => VNode {
  const open = signal<'' | 'pointer' | 'kept'>('')
  const side = signal('left')
  const show = (event: Event, how: typeof open.value): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    side.value = left + width / 2 > innerWidth / 2 ? 'right' : 'left'
    open.value = how
  }
  return (input) => (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only tells whether the pointer is over the button or its tip
    <div
      class="control"
      onMouseEnter={(event) => show(event, open.value || 'pointer')}
      onMouseLeave={() => {
        if (open.value === 'pointer') open.value = ''
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open.value) return
        // A dialog around it stays open.
        event.stopPropagation()
        open.value = ''
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget
        if (to instanceof Node && !event.currentTarget.contains(to)) open.value = ''
      }}
    >
      <button
        type="button"
        class="plain"
        part="control"
        aria-expanded={open.value !== ''}
        aria-controls="tip"
        onClick={(event) => show(event, open.value === 'kept' ? '' : 'kept')}
      >
        {input.name.title}
        <Icon path={lock} />
      </button>
      {open.value && (
        <div class="tip" id="tip" part="card" style={{ [side.value]: '0' }}>
          <GateText {...input} tip={words('shapes', shapesEnglish).comesWith(input.name.title, input.name.plan)} />
        </div>
      )}
    </div>
  )
}

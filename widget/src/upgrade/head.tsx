import type { VNode } from 'preact'
import { close, Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { upgradeEnglish } from './messages.ts'

export interface HeadInput {
  /** By which the dialog is labelled; the same in no other dialog of the page. */
  id: string
  title: string | undefined
  body?: string | undefined
  /** Path of the icon above the title, and what it says in colour. */
  mark?: { path: string; tone: string } | undefined
  /** The body is read out at once. */
  alert?: boolean | undefined
  onClose(): void
}

/** The head of a dialog. No `<header>`: in a page of the host's that would be a second banner. */
export const Head = ({ id, title, body, mark, alert, onClose }: HeadInput): VNode => (
  <div class="top">
    {mark && (
      <div class={`mark ${mark.tone}`}>
        <Icon path={mark.path} />
      </div>
    )}
    <div class="row">
      <h2 id={id} tabIndex={-1} part="title">
        {title}
      </h2>
      {!mark && (
        <button type="button" class="icon" aria-label={words('upgrade', upgradeEnglish).close} onClick={onClose}>
          <Icon path={close} />
        </button>
      )}
    </div>
    {body && (
      <p class="muted" role={alert ? 'alert' : undefined}>
        {body}
      </p>
    )}
  </div>
)

import type { JSX, RefObject } from 'preact'
import { Icon } from './icons.tsx'

export interface EmailFieldProps {
  emails: string[]
  onEmails(emails: string[]): void
  field: RefObject<HTMLInputElement | null>
}

/** Several addresses in one field: each becomes a chip when it is followed by a space, a comma or Enter. */
export function EmailField({ emails, onEmails, field }: EmailFieldProps): JSX.Element {
  const take = (input: HTMLInputElement): void => {
    const found = input.value.split(/[\s,;]+/).filter(Boolean)
    if (found.length === 0) return
    onEmails([...new Set([...emails, ...found])])
    input.value = ''
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const input = event.currentTarget as HTMLInputElement
    if ([',', ';', ' '].includes(event.key) || (event.key === 'Enter' && input.value.trim())) {
      if (event.key === 'Enter' && emails.length === 0 && !/[\s,;]/.test(input.value.trim())) return // one address: send
      event.preventDefault()
      take(input)
    }
    if (event.key === 'Backspace' && input.value === '') onEmails(emails.slice(0, -1))
  }
  return (
    <div class="field">
      <label for="invite-emails">Email addresses</label>
      <div class="chips">
        {emails.map((email) => (
          <span class="chip" key={email}>
            {email}
            <button
              type="button"
              aria-label={`Remove ${email}`}
              onClick={() => onEmails(emails.filter((one) => one !== email))}
            >
              <Icon name="x" />
            </button>
          </span>
        ))}
        {emails.length > 0 && <input type="hidden" name="emails" value={emails.join(' ')} />}
        <input
          id="invite-emails"
          ref={field}
          name="more"
          type="text"
          inputMode="email"
          autoComplete="off"
          spellcheck={false}
          placeholder={emails.length === 0 ? 'maya@example.com, jonas@example.com' : ''}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const input = event.currentTarget
            requestAnimationFrame(() => /[\s,;]/.test(input.value.trim()) && take(input))
          }}
        />
      </div>
    </div>
  )
}

import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { InviteAnswer } from '../invite.ts'
import { getBridge } from './bridge.ts'
import { EmailField } from './email-field.tsx'
import { Icon } from './icons.tsx'
import { listOf, nameFrom } from './words.ts'

export interface InviteFormProps {
  /** Who can buy, when the person cannot. */
  admins: string[]
  invite: { text: string; blocked: boolean; detail: string } | null
  onChange(): Promise<void>
  onClose(): void
}

type Note = { kind: 'limit' | 'done' | 'problem'; title: string; body: string }

const post = async (emails: string, keep: boolean): Promise<InviteAnswer> => {
  const response = await fetch('/settings/members/invitations', {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ emails, ...(keep && { keep: '1' }) }),
  })
  if (!response.ok) throw new Error(`TeamFlow answered ${response.status}`)
  return response.json()
}

/** Asks TeamFlow's server, and at the limit Softgate; whatever is decided there, what was typed is never lost. */
export function InviteForm({ admins, invite, onChange, onClose }: InviteFormProps): JSX.Element {
  const [emails, setEmails] = useState(invite?.text.split(/[\s,;]+/).filter(Boolean) ?? [])
  const [busy, setBusy] = useState(false)
  const [note, setNote] = useState<Note | null>(() => firstNote(invite, admins))
  const field = useRef<HTMLInputElement>(null)

  const done = async (title: string, body: string): Promise<void> => {
    setEmails([])
    setNote({ kind: 'done', title, body })
    await onChange()
    field.current?.focus()
  }

  const taken = async (answer: InviteAnswer): Promise<boolean> => {
    if (answer.outcome === 'sent') {
      await done(
        `${named(answer.emails)} ${answer.emails.length === 1 ? 'is' : 'are'} invited`,
        'The mail is on its way.',
      )
      return true
    }
    if (answer.outcome === 'waiting') {
      await done('Kept until there is a seat', `${named(answer.emails)} will be invited by itself once there is room.`)
      return true
    }
    if (answer.outcome === 'refused') setNote({ kind: 'problem', title: 'Not sent yet', body: answer.detail })
    return answer.outcome === 'refused'
  }

  const send = async (all: string[], keep: boolean): Promise<void> => {
    const text = all.join(' ')
    const answer = await post(text, keep)
    if ((await taken(answer)) || answer.outcome !== 'blocked') return
    const result = await getBridge()?.gate('seats', { quantity: answer.emails.length })
    // The page may believe what it likes: the server asks again before anybody is invited.
    if (result?.allowed && (await taken(await post(text, false)))) return
    if (result?.outcome === 'requested' && (await taken(await post(text, true)))) return
    setNote(limitNote(answer.emails, answer.decision.limit, admins, result?.outcome === 'unavailable'))
  }

  const attempt = async (all: string[], keep = false): Promise<void> => {
    if (busy) return
    setBusy(true)
    setNote(null)
    try {
      await send(all, keep)
    } catch {
      setNote({
        kind: 'problem',
        title: 'TeamFlow cannot be reached',
        body: 'Nothing was sent. The addresses are kept here.',
      })
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      class="panel"
      method="post"
      action="/settings/members/invitations"
      aria-labelledby="invite-title"
      onSubmit={(event) => {
        event.preventDefault()
        const typed = field.current?.value ?? ''
        const all = [...new Set([...emails, ...typed.split(/[\s,;]+/).filter(Boolean)])]
        setEmails(all)
        if (field.current) field.current.value = ''
        const { name } = (event.submitter as HTMLButtonElement | null) ?? { name: '' }
        void attempt(all, name === 'keep')
      }}
    >
      <h2 id="invite-title">Invite people</h2>
      <EmailField emails={emails} onEmails={setEmails} field={field} />
      <div aria-live="polite">{note && <Notice note={note} count={emails.length} />}</div>
      <div class="actions">
        <button class="button is-plain" type="button" onClick={onClose}>
          Close
        </button>
        <button class="button is-primary" type="submit" aria-disabled={busy}>
          {busy ? 'Sending' : 'Send invitations'}
        </button>
      </div>
    </form>
  )
}

function Notice({ note, count }: { note: Note; count: number }): JSX.Element {
  return (
    <div class={`note is-${note.kind}`}>
      {note.kind === 'done' && <Icon name="check" />}
      <div>
        <p class="strong">{note.title}</p>
        <p class="small">{note.body}</p>
        {note.kind === 'limit' && (
          <p class="ways">
            <button class="button is-plain is-small" type="submit" name="keep" value="1">
              {count === 1 ? 'Keep it until a seat is free' : 'Keep them until seats are free'}
            </button>
          </p>
        )}
      </div>
    </div>
  )
}

const named = (emails: string[]): string => listOf(emails.map(nameFrom))

function limitNote(emails: string[], limit: number | null, admins: string[], unavailable = false): Note {
  const more = emails.length === 1 ? '1 more is' : `${emails.length} more are`
  const way = unavailable
    ? 'Seats cannot be added right now. Nothing was charged.'
    : admins.length > 0
      ? `${listOf(admins)} can add seats.`
      : 'Remove somebody, add seats, or let them wait.'
  return {
    kind: 'limit',
    title: limit === null ? 'There is no free seat' : `All ${limit} seats are in use`,
    body: `${more} needed for ${named(emails)}. ${way} Your ${emails.length === 1 ? 'invitation is' : 'invitations are'} kept.`,
  }
}

function firstNote(invite: InviteFormProps['invite'], admins: string[]): Note | null {
  if (!invite) return null
  if (invite.detail) return { kind: 'problem', title: 'Not sent yet', body: invite.detail }
  const emails = invite.text.split(/[\s,;]+/).filter(Boolean)
  return invite.blocked ? limitNote(emails, null, admins) : null
}

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Invitation, Person } from '../model.ts'
import { getBridge } from './bridge.ts'
import { InviteForm } from './invite-form.tsx'
import { Avatar, Title } from './parts.tsx'
import { nameFrom } from './words.ts'

export interface MembersProps {
  me: Pick<Person, 'id' | 'role'>
  people: Person[]
  invitations: Invitation[]
  seats: { used: number; limit: number | null }
  admins: string[]
  /** Whether the form is open from the start, with what is in it. */
  invite: { text: string; blocked: boolean; detail: string } | null
}

const roles: Record<Person['role'], string> = { owner: 'Owner', admin: 'Admin', member: 'Member' }

/** The team: who is in, who is invited, who waits for a seat, and the form for more. */
export function Members(props: MembersProps): JSX.Element {
  const { me, admins } = props
  const [{ people, invitations }, setTeam] = useState({ people: props.people, invitations: props.invitations })
  const [seats, setSeats] = useState(props.seats)
  const [open, setOpen] = useState(props.invite !== null)

  const reload = async (): Promise<void> => {
    const response = await fetch('/settings/members', { headers: { accept: 'application/json' } }).catch(() => null)
    if (response?.ok) setTeam(await response.json())
  }

  useEffect(
    () =>
      getBridge()?.onDecision('seats', ({ used, limit }) => {
        setSeats({ used: used ?? 0, limit })
        void reload() // a seat that came free may have sent an invitation that was waiting
      }),
    [],
  )

  const figures = seats.limit === null ? `${seats.used} seats, no limit` : `${seats.used} of ${seats.limit} seats`
  const share = seats.limit === null ? 0 : Math.min(100, (100 * seats.used) / Math.max(1, seats.limit))
  const full = seats.limit !== null && seats.used >= seats.limit
  const beside = (
    <span class={full ? 'compact is-blocked' : 'compact is-ok'} data-seats>
      <svg class="track" width="32" height="6" aria-hidden="true">
        <rect class="back" width="100%" height="100%" rx="3" />
        <rect class="fill" width={`${share}%`} height="100%" rx="3" />
      </svg>
      <span class="figures">{figures}</span>
    </span>
  )
  const button = (
    <form
      action="/settings/members"
      onSubmit={(event) => {
        event.preventDefault()
        setOpen(!open)
      }}
    >
      <button class="button is-primary" type="submit" name="invite" aria-expanded={open}>
        Invite people
      </button>
    </form>
  )
  const mayRemove = (person: Person): boolean => me.role !== 'member' && person.id !== me.id && person.role !== 'owner'

  return (
    <div class="stack">
      <Title beside={beside} end={button}>
        Members
      </Title>
      {open && (
        <InviteForm
          admins={me.role === 'member' ? admins : []}
          invite={props.invite}
          onChange={reload}
          onClose={() => setOpen(false)}
        />
      )}
      <ul class="list" aria-label="People">
        {people.map((person) => (
          <li key={person.id}>
            <Avatar name={person.name} />
            <div>
              <p class="medium">{person.name}</p>
              <p class="muted small">{person.email}</p>
            </div>
            <div class="end">
              <span class="muted small">{roles[person.role]}</span>
              {mayRemove(person) && (
                <form method="post" action={`/settings/members/${person.id}/remove`}>
                  <button class="button is-quiet is-small" type="submit" aria-label={`Remove ${person.name}`}>
                    Remove
                  </button>
                </form>
              )}
            </div>
          </li>
        ))}
      </ul>
      {invitations.length > 0 && (
        <section class="stack is-close" aria-labelledby="invited">
          <h2 id="invited">Invited</h2>
          <ul class="list">
            {invitations.map(({ id, email, status }) => (
              <li key={id}>
                <Avatar name={nameFrom(email)} />
                <div>
                  <p class="medium">{nameFrom(email)}</p>
                  <p class="muted small">{email}</p>
                </div>
                <div class="end">
                  <span class="muted small">{status === 'sent' ? 'Invited' : 'Waits for a seat'}</span>
                  <form method="post" action={`/settings/members/invitations/${id}/withdraw`}>
                    <button class="button is-quiet is-small" type="submit" aria-label={`Withdraw ${email}`}>
                      Withdraw
                    </button>
                  </form>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

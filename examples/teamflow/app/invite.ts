import type { Decision } from '@softgate/sdk/contract'
import type { Session } from './model.ts'
import type { Permissions } from './permissions.ts'
import type { Store } from './store/index.ts'

export type InviteAnswer =
  | { outcome: 'sent' | 'waiting'; emails: string[] }
  | { outcome: 'blocked'; emails: string[]; decision: Decision }
  | { outcome: 'refused'; detail: string }

export interface Invitations {
  /** Sends invitations if there are seats for all of them. With `keep`, those without a seat wait for one. */
  invite(session: Session, text: string, keep: boolean): Promise<InviteAnswer>
  /** Sends what waits, as far as there are seats now. */
  release(account: string): Promise<void>
}

const looksLikeEmail = /^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$/
const most = 50

/** The addresses in a text, however they are separated. */
export const addressesIn = (text: string): string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter(Boolean),
  ),
]

export function createInvitations({ store, permissions }: { store: Store; permissions: Permissions }): Invitations {
  const { people, team } = store
  const turns = new Map<string, Promise<unknown>>()

  /** One at a time in an account: between the check and the invitation nobody else takes the seat. */
  const inTurn = <T>(account: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(account) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => {}).finally(() => turns.get(account) === settled && turns.delete(account))
    turns.set(account, settled)
    return turn
  }

  const send = async (account: string, emails: string[], by: string): Promise<void> => {
    store.together(() => {
      for (const email of emails) team.invite(account, email, 'sent', by)
    })
    await permissions.setSeats(account, by)
  }

  return {
    invite: ({ account, person }, text, keep) =>
      inTurn(account.id, async () => {
        const all = addressesIn(text)
        const wrong = all.filter((email) => !looksLikeEmail.test(email))
        if (wrong.length > 0) return { outcome: 'refused', detail: `${wrong.join(', ')} is not an email address.` }
        const known = new Set([
          ...people.list(account.id).map(({ email }) => email),
          ...team
            .invitations(account.id)
            .filter(({ status }) => status === 'sent')
            .map(({ email }) => email),
        ])
        const emails = all.filter((email) => !known.has(email))
        if (emails.length === 0)
          return {
            outcome: 'refused',
            detail: all.length > 0 ? 'Everyone here is in the team already.' : 'Enter an email address.',
          }
        if (emails.length > most) return { outcome: 'refused', detail: `Invite up to ${most} people at once.` }
        const decision = await permissions.check(account.id, 'seats', emails.length)
        if (decision.allowed) {
          await send(account.id, emails, person.id)
          return { outcome: 'sent', emails }
        }
        if (!keep) return { outcome: 'blocked', emails, decision }
        store.together(() => {
          for (const email of emails) team.invite(account.id, email, 'waiting', person.id)
        })
        return { outcome: 'waiting', emails }
      }),
    release: (account) =>
      inTurn(account, async () => {
        for (const { email, status, invitedBy } of team.invitations(account)) {
          if (status !== 'waiting') continue
          // Only an answer of this minute opens a seat: who waits is not told what may be out of date.
          const { allowed, source, ageMs } = await permissions.check(account, 'seats')
          if (!allowed || source === 'default' || ageMs > 60_000) return
          await send(account, [email], invitedBy)
          team.notify(account, invitedBy, `There is a seat now: ${email} is invited.`, '/settings/members')
        }
      }),
  }
}

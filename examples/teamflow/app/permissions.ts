import type { Decision } from '@softgate/sdk/contract'
import { createHost } from '@softgate/sdk/host'
import { mayBuy, type Session } from './model.ts'
import type { Team } from './store/team.ts'

/** Answers a request for Softgate's wire: the app in this process, or one behind an address. */
export type Backend = (request: Request) => Response | Promise<Response>

/** All that TeamFlow asks of Softgate. Nothing here throws because the backend is down. */
export interface Permissions {
  /** Makes account and user known, at sign-in, with what the account has reached. */
  introduce(session: Session, facts: { tasks_done: number }): Promise<void>
  token(session: Session): { token: string; expiresAt: string }
  /** For the account; for one of its users where each has a limit. */
  check(account: string, feature: string, quantity?: number, user?: string): Promise<Decision>
  /** Counts units if they are allowed. */
  consume(account: string, feature: string, quantity?: number): Promise<Decision>
  /** States how many seats are taken. */
  setSeats(account: string, user: string): Promise<void>
  /** States how many tasks a user has pinned. */
  setPins(account: string, user: string, pins: number): Promise<void>
  close(): Promise<void>
}

export interface PermissionsOptions {
  backend: Backend
  secretKey: string
  team: Team
  /** Folder in which usage waits while the backend is away; null keeps it in memory. */
  spool: string | null
  /** The time that usage is reported with, in epoch ms. */
  now?: () => number
}

/** Names nothing: every call goes to `backend`. */
const internal = 'http://softgate.internal'

export function createPermissions({
  backend,
  secretKey,
  team,
  spool,
  now = Date.now,
}: PermissionsOptions): Permissions {
  const timeOf = () => new Date(now()).toISOString()
  const host = createHost({
    url: internal,
    secretKey,
    fetch: async (input, init) => backend(new Request(input, init)),
    timeoutMs: 3_000,
    retries: 1,
    cache: true,
    ...(spool !== null && { spool: { folder: spool } }),
  })
  return {
    async introduce({ account, person }, facts) {
      const { id, name, email, role } = person
      await host.session({ account: { ...account, facts }, user: { id, name, email, role } }).catch(() => {})
    },
    token: ({ account, person }) =>
      host.mintToken({ account: account.id, user: person.id, may: mayBuy(person) ? ['purchase'] : [] }),
    check: (account, feature, quantity = 1, user) =>
      host.check({ account, feature, quantity, ...(user !== undefined && { user }) }),
    consume: (account, feature, quantity = 1) => host.consume({ account, feature, quantity }),
    async setSeats(account, user) {
      const set = team.seatsTaken(account)
      await host.track({ account, user, time: timeOf(), name: 'seats_taken', feature: 'seats', set })
    },
    async setPins(account, user, set) {
      await host.track({ account, user, time: timeOf(), name: 'tasks_pinned', feature: 'pins', set })
    },
    close: host.close,
  }
}

import { randomBytes } from 'node:crypto'
import type { Account, Decision } from '@softgate/sdk/contract'
import { createHost, type HostEvent, SoftgateError } from '@softgate/sdk/host'
import { mayBuy, type Session } from './model.ts'
import type { Store } from './store/index.ts'

/** Answers a request for Softgate's wire: the app in this process, or one behind an address. */
export type Backend = (request: Request) => Response | Promise<Response>

/** All that TeamFlow asks of Softgate. Nothing here throws because the backend is down. */
export interface Permissions {
  /** Makes account and user known, at sign-in. */
  introduce(session: Session): Promise<void>
  token(session: Session): { token: string; expiresAt: string }
  /** The key of the account's plan; null when it cannot be asked. */
  plan(account: string): Promise<string | null>
  check(account: string, feature: string, quantity?: number): Promise<Decision>
  /** Counts units if they are allowed. */
  consume(account: string, feature: string, quantity?: number): Promise<Decision>
  /** States how many seats are taken. */
  setSeats(account: string, user: string): Promise<void>
  /** Sends what could not be sent; resolves with how many events are left. */
  flush(): Promise<number>
}

export interface PermissionsOptions {
  backend: Backend
  secretKey: string
  store: Store
}

/** Names nothing: every call goes to `backend`. */
const internal = 'http://softgate.internal'

const newId = (): string => {
  const now = Date.now().toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  return `${now.slice(0, 8)}-${now.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}

export function createPermissions({ backend, secretKey, store }: PermissionsOptions): Permissions {
  const { memory, team } = store
  const host = createHost({
    url: internal,
    secretKey,
    fetch: async (input, init) => backend(new Request(input, init)),
    timeoutMs: 3_000,
    retries: 1,
  })

  /** What Softgate said last, with what has happened since then. */
  const lastKnown = (account: string, feature: string, quantity: number, answer: Decision): Decision => {
    const known = memory.recall(account, feature)
    if (!known) return answer
    const { decision, at } = known
    const ageMs = Date.now() - at
    if (decision.kind !== 'metered') return { ...decision, source: 'cache', ageMs }
    const counted = feature === 'seats' ? team.seatsTaken(account) : null
    const used = counted ?? (decision.used ?? 0) + memory.unsentUnits(account, feature)
    const remaining = decision.limit === null ? null : Math.max(0, decision.limit - used)
    const allowed = decision.state !== 'locked' && (remaining === null || quantity <= remaining)
    const state = allowed ? 'ok' : decision.state === 'locked' ? 'locked' : 'blocked'
    return { ...decision, state, allowed, used, remaining, source: 'cache', ageMs }
  }

  const check = async (account: string, feature: string, quantity = 1): Promise<Decision> => {
    const answer = await host.check({ account, feature, quantity })
    if (answer.source === 'default') return lastKnown(account, feature, quantity, answer)
    memory.remember(account, answer)
    return answer
  }

  let flushing: Promise<number> | null = null
  const sendAll = async (): Promise<number> => {
    const events = memory.unsent()
    if (events.length === 0) return 0
    try {
      const { rejected } = await host.track(...events)
      for (const { index, detail } of rejected)
        process.stderr.write(`teamflow: Softgate refused ${events[index]?.name}: ${detail}\n`)
      memory.sent(events.map(({ id }) => id))
      return 0
    } catch (error) {
      // A batch of which nothing was taken is refused as a whole; to send it again would change nothing.
      if (error instanceof SoftgateError && error.code === 'invalid_request') memory.sent(events.map(({ id }) => id))
      return memory.unsent().length
    }
  }
  const flush = (): Promise<number> => {
    flushing ??= sendAll().finally(() => {
      flushing = null
    })
    return flushing
  }

  /** Kept before it is sent: an event that was told to nobody is told later, with its own id and time. */
  const track = async (event: HostEvent): Promise<void> => {
    memory.keep({ ...event, id: newId(), time: new Date().toISOString() })
    await flushing
    await flush()
  }

  return {
    async introduce({ account, person }) {
      const { id, name, email, role } = person
      await host.session({ account, user: { id, name, email, role } }).catch(() => {})
    },
    token: ({ account, person }) =>
      host.mintToken({ account: account.id, user: person.id, may: mayBuy(person) ? ['purchase'] : [] }),
    async plan(account) {
      try {
        const request = new Request(`${internal}/v1/accounts/${encodeURIComponent(account)}`, {
          headers: { authorization: `Bearer ${secretKey}` },
        })
        const response = await backend(request)
        return response.ok ? ((await response.json()) as Account).plan : null
      } catch {
        return null
      }
    },
    check,
    async consume(account, feature, quantity = 1) {
      const id = newId()
      try {
        const decision = await host.consume({ id, account, feature, quantity })
        if (decision.allowed) memory.remember(account, await host.check({ account, feature }))
        return decision
      } catch {
        const decision = await check(account, feature, quantity)
        // The id is the one of the lost call: if that was counted after all, this is not counted again.
        if (decision.allowed)
          memory.keep({ id, account, name: 'consume', feature, value: quantity, time: new Date().toISOString() })
        return decision
      }
    },
    setSeats: (account, user) =>
      track({ account, user, name: 'seats_taken', feature: 'seats', set: team.seatsTaken(account) }),
    flush,
  }
}

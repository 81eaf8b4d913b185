import pg from 'pg'
import type { Clock } from '../../kernel/clock.ts'

const channel = 'softgate_changes'

/** Hears of other nodes' writes through LISTEN/NOTIFY. A hint only: snapshots of many nodes also expire by age. */
export interface Listener {
  start(changed: (account: string) => void): Promise<void>
  announce(pool: pg.Pool, accounts: readonly string[]): void
  stop(): Promise<void>
}

export interface ListenerOptions {
  url: string
  /** Names this process, so that it does not hear itself. */
  instance: string
  clock: Clock
}

export function createListener({ url, instance, clock }: ListenerOptions): Listener {
  let client: pg.Client | null = null
  let stopped = false
  const untold = new Set<string>()
  let telling = false
  let cancelRetry = () => {}

  const connect = async (changed: (account: string) => void): Promise<void> => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    next.on('error', () => {})
    next.on('end', () => {
      client = null
      if (!stopped) {
        cancelRetry = clock.after(1_000, () => connect(changed).catch(() => {}))
      }
    })
    next.on('notification', ({ payload }) => {
      const [from, account] = split(payload ?? '')
      if (from !== instance && account !== '') changed(account)
    })
    await next.connect()
    await next.query(`listen ${channel}`)
    client = next
  }

  // One statement at a time, for all that has come up meanwhile: notifying takes a lock of the whole database.
  const tell = async (pool: pg.Pool): Promise<void> => {
    telling = true
    while (untold.size > 0 && !stopped) {
      const payloads = [...untold].map((account) => `${instance} ${account}`)
      untold.clear()
      const text = 'select pg_notify($1, payload) from unnest($2::text[]) as payload'
      await pool.query({ name: 'softgate_notify', text, values: [channel, payloads] }).catch(() => {}) // only a hint
    }
    telling = false
  }

  return {
    start: (changed) => connect(changed),
    announce(pool, accounts) {
      for (const account of accounts) untold.add(account)
      if (!telling) tell(pool)
    },
    async stop() {
      stopped = true
      cancelRetry()
      await client?.end()
    },
  }
}

const split = (payload: string): [string, string] => {
  const at = payload.indexOf(' ')
  return [payload.slice(0, at), payload.slice(at + 1)]
}

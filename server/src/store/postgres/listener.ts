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

  return {
    start: (changed) => connect(changed),
    announce(pool, accounts) {
      for (const account of new Set(accounts)) {
        pool.query('select pg_notify($1, $2)', [channel, `${instance} ${account}`]).catch(() => {}) // only a hint
      }
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

import pg from 'pg'
import type { Clock } from '../../kernel/clock.ts'

const channel = 'softgate_changes'

const retryMs = 1_000
/** Between two tellings: each costs the database a commit, and a lock that all others wait for. */
const apartMs = 50
/** A connection whose other end is gone says nothing: it is asked now and then, and has so long to answer. */
const askEveryMs = 15_000
const answerMs = 5_000

/** Who is told: of each change, and when any number of changes may have been missed. */
export interface Hearer {
  changed(account: string): void
  missed(): void
}

/** Hears of other nodes' writes through LISTEN/NOTIFY. A hint only: snapshots of many nodes also expire by age. */
export interface Listener {
  start(hearer: Hearer): Promise<void>
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
  /** Of the connection: its next look, or the next attempt at one. */
  let cancelTimer = () => {}
  let cancelTelling = () => {}

  const connect = async ({ changed }: Hearer): Promise<pg.Client> => {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    })
    next.on('error', () => {})
    next.on('notification', ({ payload }) => {
      const [from, account] = split(payload ?? '')
      if (from !== instance && account !== '') changed(account)
    })
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
      return next
    } catch (error) {
      next.end().catch(() => {})
      throw error
    }
  }

  const keep = (made: pg.Client, hearer: Hearer): void => {
    client = made
    const lost = (): void => {
      if (client !== made) return
      client = null
      cancelTimer()
      made.end().catch(() => {})
      if (!stopped) comeBack(hearer)
    }
    const ask = (): void => {
      if (client === made) cancelTimer = clock.after(askEveryMs, () => made.query('select 1').then(ask, lost))
    }
    made.once('end', lost)
    ask()
  }

  /** Whatever was said meanwhile was not heard, and is not said again. */
  const comeBack = (hearer: Hearer): void => {
    cancelTimer = clock.after(retryMs, () =>
      connect(hearer).then(
        (made) => {
          if (stopped) return made.end()
          keep(made, hearer)
          hearer.missed()
        },
        () => {
          if (!stopped) comeBack(hearer)
        },
      ),
    )
  }

  // One statement for all that has come up meanwhile.
  const tell = async (pool: pg.Pool): Promise<void> => {
    telling = true
    while (untold.size > 0 && !stopped) {
      const accounts = [...untold]
      const payloads = accounts.map((account) => `${instance} ${account}`)
      untold.clear()
      const text = 'select pg_notify($1, payload) from unnest($2::text[]) as payload'
      const isTold = await pool.query({ name: 'softgate_notify', text, values: [channel, payloads] }).then(
        () => true,
        () => false,
      )
      if (!isTold) for (const account of accounts) untold.add(account)
      await new Promise<void>((resolve) => {
        cancelTelling = clock.after(isTold ? apartMs : retryMs, resolve)
      })
    }
    telling = false
  }

  return {
    start: async (hearer) => keep(await connect(hearer), hearer),
    announce(pool, accounts) {
      for (const account of accounts) untold.add(account)
      if (!telling) tell(pool)
    },
    async stop() {
      stopped = true
      cancelTimer()
      cancelTelling()
      await client?.end()
    },
  }
}

const split = (payload: string): [string, string] => {
  const at = payload.indexOf(' ')
  return [payload.slice(0, at), payload.slice(at + 1)]
}

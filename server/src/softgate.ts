import { createHmac, hkdfSync } from 'node:crypto'
import type { VendorRequest } from '@softgate/sdk/contract'
import type { Hono } from 'hono'
import { standingOf } from './accounts/standing.ts'
import { hasGrace, isLevel } from './catalog/limits.ts'
import type { Catalog } from './catalog/model.ts'
import { createLive } from './delivery/live.ts'
import { countersOf } from './entitlements/counted.ts'
import { dayMs, forecastDays, isForeseen } from './entitlements/forecast.ts'
import { createSnapshot, type Snapshot } from './entitlements/snapshot.ts'
import { createSnapshots } from './entitlements/snapshots.ts'
import type { Context } from './flows/context.ts'
import { crossingsFollow } from './flows/crossings.ts'
import { ownOf } from './flows/state.ts'
import { startSweeping, sweep } from './flows/sweep.ts'
import { createEventFolder } from './gateways/files/event-folder.ts'
import type { StripeOptions } from './gateways/stripe/client.ts'
import { createStripeGateway } from './gateways/stripe/gateway.ts'
import { createApp } from './http/app.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { createIds, type Random, systemRandom } from './kernel/ids.ts'
import { readScope } from './kernel/scope.ts'
import { createSharing } from './kernel/sharing.ts'
import { dayOf } from './metering/period.ts'
import { createIngestQueue } from './metering/queue.ts'
import { checkPrompts } from './prompts/compile.ts'
import type { Database } from './store/database.ts'
import { openDatabase } from './store/open.ts'
import { compileTriggers } from './triggers/compile.ts'

export interface SoftgateOptions {
  /** What `defineConfig` made. */
  config: Catalog
  /** `postgres://…`, or the path of a SQLite file. */
  database: string
  /** `sg_test_…` or `sg_live_…`, from the environment; several while one replaces another, the newest first. */
  secretKeys: readonly (string | undefined)[]
  /** Without it nothing can be bought. */
  stripe?: StripeOptions
  /** Runs SQLite's writer on the main thread, where threads cannot start. */
  inlineWriter?: boolean
  /** Milliseconds between two sweeps; 30,000 when left out. */
  sweepMs?: number
  /**
   * The most memory, in bytes, that what is known of accounts may take; 256 MiB when left out. What was not asked for of late
   * goes first, and is read again when it is asked for.
   */
  memoryBytes?: number
  clock?: Clock
  /**
   * By which user tokens and Stripe's signatures are valid; `clock` when left out. In development `clock` follows the local
   * Stripe's ahead, and those who mint and sign do not.
   */
  wall?: Clock
  random?: Random
  /** Told of every failure that a caller does not hear of; writes to stderr when left out. */
  onFailure?: (error: unknown, doing: string) => void
  /**
   * Told of what admins ask the vendor for where nobody in their account can buy, and of every change of it, by its `status`.
   * At least once: until its promise is kept it is told again, after a crash as well. `GET /v1/admin/requests` lists the same.
   */
  onRequest?: (request: VendorRequest) => unknown
}

export interface Softgate {
  /** The wire, to be served or mounted. */
  app: Hono
  services: Services
  /** Ends streams and sweeps, lets what is under way finish, and closes the database. */
  close(): Promise<void>
}

export interface Services {
  /** Every route of the wire, as `POST /v1/check`, and the credential it takes. */
  routes: readonly { key: string; access: string }[]
  /** Looks for what a crash or a lost webhook has left lying, now. */
  sweep(): Promise<void>
}

const defaultMemoryBytes = 256 * 1_024 * 1_024

/** How long another node's writes may go unseen when their notification is lost. */
const manyNodesMaxAgeMs = 1_000

/** A level that passed its limit this long ago and passes it again has a new grace. */
const graceMemoryMs = 90 * dayMs

/** Builds a Softgate: the one place that chooses the parts and joins them. */
export async function createSoftgate(options: SoftgateOptions): Promise<Softgate> {
  const { config: catalog, clock = systemClock, random = systemRandom, onRequest } = options
  const { wall = clock } = options
  const failed = options.onFailure ?? writeFailure
  const ids = createIds(clock, random)
  const triggers = compileTriggers(catalog)
  checkPrompts(catalog)
  const secretKeys = options.secretKeys.filter((key): key is string => key !== undefined && key !== '')
  if (secretKeys.length === 0)
    throw new Error('No secret key is set. Put SOFTGATE_SECRET_KEY into the environment; "softgate init" makes one.')
  const { memoryBytes = defaultMemoryBytes } = options
  if (!(memoryBytes > 0))
    throw new Error(`memoryBytes is ${memoryBytes}: give a number of bytes above 0, or leave it out.`)
  const seal = createSeal(secretKeys[0] ?? '')
  const instance = ids('node')
  const database = await openDatabase({
    url: options.database,
    inlineWriter: options.inlineWriter ?? false,
    instance,
    clock,
  })

  const oneNode = database.dialect === 'sqlite'
  const snapshots = createSnapshots({
    clock,
    load: (account, scope) => loadSnapshot({ catalog, database, clock, account, scope }),
    maxAgeMs: oneNode ? Number.POSITIVE_INFINITY : manyNodesMaxAgeMs,
    room: memoryBytes,
  })
  const live = createLive({
    clock,
    async stateOf(account) {
      const snapshot = await snapshots.get(account)
      return snapshot && { ...snapshot.state(), until: snapshot.nextChangeAt }
    },
    ownOf: (account, reader) => ownOf(context, { account, ...reader }),
    failed: (error) => failed(error, 'telling the live streams'),
  })
  const queue = createIngestQueue({
    write: database.writeOps,
    failed: (error) => failed(error, 'following a commit'),
    committed({ counters, crossings }) {
      snapshots.count(counters)
      for (const { account } of counters) live.counted(account)
      database.announce(counters.map((row) => row.account))
      if (crossings.length > 0) crossingsFollow(context, crossings)
    },
  })
  const following = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const follow: Context['follow'] = (doing, work) => {
    // What would follow from now on is stored, and waits for the sweep of the next start, as after a crash.
    if (closing.signal.aborted) return
    const task = work()
      .catch((error) => failed(error, doing))
      .finally(() => following.delete(task))
    following.add(task)
  }
  const gateway = options.stripe && catalog.billing === 'stripe' ? createStripeGateway(options.stripe, wall) : null
  const context: Context = {
    catalog,
    clock,
    wall,
    ids,
    database,
    snapshots,
    queue,
    live,
    gateway,
    triggers,
    exportEvents: catalog.retention.export === null ? null : createEventFolder(catalog.retention.export),
    tellRequest: onRequest ? async (request) => onRequest(request) : null,
    sharing: createSharing(),
    seal,
    instance,
    closing: closing.signal,
    failed,
    follow,
  }

  const { app, routes, closeStreams } = createApp({ context, secretKeys })
  await database.onForeignChange({
    changed(account) {
      snapshots.drop(account)
      live.changed(account)
    },
    // Snapshots age by themselves; streams say what they say for good. Who listens comes back and is told all anew.
    missed: closeStreams,
  })
  // A SQLite file has one process: whoever held a lease on it is gone.
  if (database.dialect === 'sqlite') await database.transaction('', ({ billing }) => billing.releaseLeases())
  const stopSweeping = startSweeping(context, options.sweepMs ?? 30_000)
  return {
    app,
    services: { routes, sweep: () => sweep(context) },
    async close() {
      closing.abort()
      closeStreams()
      await stopSweeping()
      await Promise.all(following)
      await database.close()
    },
  }
}

interface Loading {
  catalog: Catalog
  database: Database
  clock: Clock
  account: string
  scope: string
}

async function loadSnapshot({ catalog, database, clock, account: id, scope }: Loading): Promise<Snapshot | null> {
  const now = clock.now()
  const { accounts, metering, overrides, reservations } = database.read
  const [account, subscription] = await Promise.all([accounts.find(id), accounts.findSubscription(id)])
  if (!account) return null
  const standing = standingOf(catalog, account, subscription, now)
  const keys = countersOf(catalog, { account, subscription, standing }, now, scope)
  const { user: whose } = readScope(scope)
  const [counters, passings, days, own, holds, user] = await Promise.all([
    metering.counters(id, keys),
    metering.passings(
      id,
      keys.filter(({ feature }) => hasGrace(catalog, feature)),
      now - graceMemoryMs,
    ),
    metering.usageDays(id, {
      features: keys.map(({ feature }) => feature).filter((feature) => isForeseen(catalog.features[feature])),
      scope,
      from: dayOf(account, now) - forecastDays * dayMs,
    }),
    overrides.list(id),
    reservations.standing(id, now),
    whose === undefined ? null : accounts.findUser(id, whose),
  ])
  const role = user?.role ?? null
  // A level rises and falls by itself; what was consumed falls only when it is put right, and its grace runs anew then.
  const passed = passings.map(({ first, last, ...one }) => ({
    ...one,
    at: isLevel(catalog, one.feature) ? first : last,
  }))
  return createSnapshot(
    catalog,
    { account, subscription, scope, counters, passed, days, holds, overrides: own, role },
    now,
  )
}

/** Opaque texts under a key of their own, derived from the secret key. */
function createSeal(secretKey: string): (text: string) => string {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'softgate offer', 32))
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22)
}

function writeFailure(error: unknown, doing: string): void {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${JSON.stringify({ level: 'error', doing, message: message + cause })}\n`)
}

import type { PurchaseCap, VendorRequest } from '@softgate/sdk/contract'
import { paysByInvoice, paysForOther, type UserRecord } from '../accounts/model.ts'
import type { BillingGateway } from '../billing/port.ts'
import type { Catalog } from '../catalog/model.ts'
import type { Live } from '../delivery/live.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import type { Snapshots } from '../entitlements/snapshots.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Ids } from '../kernel/ids.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Scoped } from '../kernel/scope.ts'
import type { Sharing } from '../kernel/sharing.ts'
import type { PastEvent } from '../metering/model.ts'
import type { IngestQueue } from '../metering/queue.ts'
import type { Database } from '../store/database.ts'
import type { CompiledTrigger } from '../triggers/compile.ts'

/** What every flow works with; built once by the composition root. */
export interface Context {
  catalog: Catalog
  clock: Clock
  /** By which credentials are valid; the same as `clock` but in development. */
  wall: Clock
  ids: Ids
  database: Database
  snapshots: Snapshots
  queue: IngestQueue
  live: Live
  /** Null where billing is off or no Stripe key is set: purchases are refused then. */
  gateway: BillingGateway | null
  triggers: readonly CompiledTrigger[]
  /** Puts events somewhere lasting before they are deleted; null where that is not wanted. */
  exportEvents: ((events: readonly PastEvent[]) => Promise<void>) | null
  /** Tells the host of a request to the vendor; null where it has no hook. */
  tellRequest: ((request: VendorRequest) => Promise<unknown>) | null
  /** Lets callers who want the same thing at the same time share it. */
  sharing: Sharing
  /** Makes an opaque text that only this server can make. */
  seal(text: string): string
  /** Names this process among those that share the database. */
  instance: string
  /** Aborted once the server closes: long work breaks off between two of its steps, and is done another day. */
  closing: AbortSignal
  failed(error: unknown, doing: string): void
  /** Lets work go on after its caller has been answered; its failures are reported, and closing waits for it. */
  follow(doing: string, work: () => Promise<unknown>): void
}

/** Who acts: the user of a token, or the one a host names with its secret key. */
export interface Who {
  account: string
  user: string
  /** What the token permits; the user's present role decides as well. */
  may: readonly string[]
  /** The most they may spend. */
  cap: PurchaseCap | null
}

/** Forgets what is in memory about an account, tells its listeners and the other nodes. */
export function changed(context: Context, account: string): void {
  context.snapshots.drop(account)
  context.live.changed(account)
  context.database.announce([account])
}

export async function snapshotOf(context: Context, account: string, scope = ''): Promise<Snapshot> {
  const snapshot = context.snapshots.peek(account, scope) ?? (await context.snapshots.get(account, scope))
  if (snapshot) return snapshot
  throw new ProblemError(
    'account_unknown',
    `There is no account "${account}". Create it with PUT /v1/accounts/${account}.`,
  )
}

/** An account and whose limit in it is spoken of: the same snapshot twice where it is its own. */
export interface Subject {
  snapshot: Snapshot
  about: Snapshot
}

/** Whose snapshot answers for a feature: the account's, or that of the user or entity that has its own limit. */
export function scopeFor({ catalog }: Context, feature: string, naming: Scoped): string {
  const spec = catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  if (spec.kind !== 'metered' || spec.scope === undefined) return ''
  const name = naming[spec.scope]
  if (name !== undefined) return `${spec.scope}:${name}`
  throw new ProblemError('invalid_request', `${feature} is counted for each ${spec.scope}: name the ${spec.scope}.`)
}

export const featureUnknown = (feature: string): ProblemError =>
  new ProblemError('feature_unknown', `There is no feature "${feature}" in the catalogue.`)

export interface Actor {
  /** As stored. */
  user: UserRecord | null
  /** Whether their role, as it is now, may purchase. */
  admin: boolean
  /** Whether the token permits it as well. */
  buyer: boolean
}

export async function actorOf(context: Context, who: Pick<Who, 'account' | 'user' | 'may'>): Promise<Actor> {
  const user = await context.database.read.accounts.findUser(who.account, who.user)
  const admin = user?.role != null && context.catalog.purchaseRoles.includes(user.role)
  return { user, admin, buyer: admin && permitsPurchase(context, who) }
}

/** Where nothing is sold, the role alone says who speaks for the account. */
const permitsPurchase = ({ catalog }: Context, { may }: Pick<Who, 'may'>): boolean =>
  catalog.billing === 'off' || may.includes('purchase')

/** Whether the user may buy; where the token does not permit it, nothing has to be read. */
export const mayPurchase = async (context: Context, who: Who): Promise<boolean> =>
  permitsPurchase(context, who) && (await actorOf(context, who)).buyer

/** Whether nobody in the account can buy, so that those who would ask the vendor's team. */
export const asksVendor = ({ catalog }: Context, { subscription }: Snapshot): boolean =>
  catalog.billing === 'off' || paysByInvoice(subscription) || paysForOther(subscription)

export async function requirePurchase(context: Context, who: Who): Promise<void> {
  if (await mayPurchase(context, who)) return
  const roles = context.catalog.purchaseRoles.join(', ')
  throw new ProblemError(
    'purchase_not_allowed',
    `Buying needs a token with "purchase" and one of the roles ${roles}. ${who.user} can ask an admin with POST /v1/requests.`,
  )
}

/** The way to Stripe, or why there is none. */
export function requireGateway({ gateway, catalog }: Context): BillingGateway {
  if (gateway && catalog.billing === 'stripe') return gateway
  const why = catalog.billing === 'off' ? "the catalogue says billing: 'off'" : 'no Stripe key is set'
  throw new ProblemError('billing_off', `Nothing can be bought here: ${why}.`)
}

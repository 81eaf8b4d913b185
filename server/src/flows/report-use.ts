import { isLive } from '../accounts/model.ts'
import { graceMs, knownMs, type Settled, settle, type UseReport } from '../billing/overage.ts'
import type { ChangedUse } from '../billing/use-port.ts'
import { billedFeatures, meterEventOf } from '../catalog/overage.ts'
import { toIso } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import { periodOf } from '../metering/period.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'

const minute = 60_000
const day = 24 * 60 * minute
/** Use is added up for this long before Stripe hears of it: a busy account costs a call now and then, not one an event. */
const collectMs = 5 * minute
/** No billing period is longer, and late events come for 35 days. */
const oldestMs = (366 + 35) * day
/** How long a report belongs to whoever sends it. */
const leaseMs = minute
const batch = 200
const atOnce = 8

/** Brings Stripe's meters to what is used beyond the limits: reckons, stores, tells. What fails is told again by a later sweep. */
export async function reportUse(context: Context): Promise<void> {
  const { catalog, clock, database } = context
  const features = billedFeatures(catalog)
  if (features.length === 0) return
  const plans = Object.keys(catalog.plans).filter((plan) => catalog.plans[plan]?.overage?.length)
  const now = clock.now()
  const due = { features, plans, since: now - oldestMs, before: now - collectMs, limit: batch }
  for (const use of await database.read.use.changed(due)) await settling(context, use)
  await sendReports(context)
}

/**
 * The same for one account at once. For a new quote everything is told, so that what a change of its plan bills is complete; a
 * quote that was made before is asked about again, if that changes its amount.
 */
export async function reportUseOf(context: Context, account: string, { anew }: { anew: boolean }): Promise<void> {
  const features = billedFeatures(context.catalog)
  if (features.length === 0) return
  const found = await context.database.read.use.changedIn(account, features, context.clock.now() - oldestMs)
  for (const use of found) await settling(context, use, anew)
  if (found.length > 0) await sendReports(context)
}

async function settling(context: Context, use: ChangedUse, anew = false): Promise<void> {
  try {
    await settleUse(context, use, anew)
  } catch (error) {
    context.failed(error, `settling the use of ${use.feature} of ${use.account}`)
  }
}

/** Reckons what Stripe has to hear of one counter, and stores it with what it is reckoned from. */
async function settleUse(context: Context, use: ChangedUse, anew: boolean): Promise<void> {
  const { clock, database, ids } = context
  const { account: id, feature } = use
  const snapshot = await snapshotOf(context, id)
  const { account, subscription } = snapshot
  const spec = context.catalog.features[feature]
  const customer = account.stripeCustomerId
  if (!isLive(subscription) || spec?.kind !== 'metered' || customer === null) return
  const now = clock.now()
  const present = periodOf(spec, { account, subscription }, now)
  if (!present) return
  const last = periodOf(spec, { account, subscription }, present.start - 1)
  const period = use.period === present.key ? present : use.period === last?.key ? last : null
  const limit = snapshot.decide(feature, 1)?.limit ?? Number.MAX_SAFE_INTEGER
  const settled = await database.transaction(id, async (stores): Promise<Settled | null> => {
    const before = await stores.use.find(id, feature, use.period)
    const over = use.period !== present.key
    const price = subscription.overage[feature]
    // What a period that is over was billed by is what was seen then.
    const billed = over && before ? { ...before, since: 0 } : price && { price: price.key, since: price.since, limit }
    if (!billed) return null
    // While a change is quoted nothing may move its amount.
    if (!over && !anew && (await stores.billing.isQuoted(id, now))) return null
    const made = settle({
      use,
      before,
      billed,
      // A period before the last one is closed, whenever it was.
      period: period ?? { start: use.period, end: now - graceMs },
      told: await stores.use.told(id, feature, use.period),
      customer,
      now,
      newId: () => ids('use'),
    })
    await stores.use.save(made.record)
    await stores.use.drop(id, made.dropped)
    await stores.use.add(made.reports)
    return { ...made, record: { ...made.record, missed: made.record.missed - (before?.missed ?? 0) } }
  })
  const missed = settled?.record.missed ?? 0
  if (missed !== 0)
    context.failed(
      new Error(`${Math.abs(missed)} units of ${feature} in the period from ${toIso(use.period)} came too late.`),
      missed > 0 ? `billing the use of ${id}` : `taking back the use of ${id}`,
    )
}

/** Tells what is due, a batch at a time, until nothing is left or nobody answers. */
async function sendReports(context: Context): Promise<void> {
  const { clock, database } = context
  for (;;) {
    const now = clock.now()
    const claimed = await database.transaction('', ({ use }) => use.claim(now, now + leaseMs, batch))
    let answered = 0
    for (let from = 0; from < claimed.length; from += atOnce) {
      const told = await Promise.all(claimed.slice(from, from + atOnce).map((report) => send(context, report)))
      for (const report of told) {
        await database.transaction(report.account, ({ use }) => use.answer(report))
        if (report.state === 'lost')
          context.failed(
            new Error(`${report.units} units of ${report.feature} are lost to the invoice: ${report.reason}.`),
            `reporting the use of ${report.account}`,
          )
        if (report.state !== 'waiting') answered++
      }
    }
    if (answered === 0 || claimed.length < batch) return
  }
}

/** Longer and longer, up to an hour. */
const backOff = (attempts: number): number => Math.min(60 * minute, 30_000 * 2 ** Math.min(attempts, 10))

/** A report as it stands after one try. It is sent, tried again later, or lost where Stripe would not take it any more. */
async function send(context: Context, report: UseReport): Promise<UseReport> {
  const now = context.clock.now()
  const { id, customer, units, voids, triedAt } = report
  // Under its name it counts once only as long as Stripe knows that: after that, nobody can say whether it did.
  if (triedAt !== null && now - triedAt > knownMs) return { ...report, state: 'lost', reason: 'no answer for a day' }
  if (now > report.until) return { ...report, state: 'lost', reason: report.reason ?? 'it comes too late' }
  const event = meterEventOf(report.feature)
  try {
    if (voids === null) await requireGateway(context).reportUse({ event, id, customer, units, at: report.time })
    else await requireGateway(context).voidUse({ event, id: voids })
    return { ...report, state: 'sent', triedAt: null, reason: null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const later = { ...report, nextAt: now + backOff(report.attempts), reason: error.message }
    return error.code === 'billing_refused' ? { ...later, triedAt: null } : later
  }
}

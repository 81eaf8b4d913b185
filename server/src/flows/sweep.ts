import { compareAccounts } from './comparison.ts'
import type { Context } from './context.ts'
import { runCrossings, runLook } from './crossings.ts'
import { reportUse } from './report-use.ts'
import { forgetOld } from './retention.ts'
import { handleStripeEvent, reconcileAccount } from './stripe-event.ts'
import { takeUp } from './upgrade.ts'
import { tellVendor } from './vendor-requests.ts'

const hour = 3_600_000
/** Subscriptions that nobody has looked at for this long are compared with Stripe. */
const lookEveryMs = 24 * hour
/** Replies under an `Idempotency-Key` and ids of Stripe's events are kept this long. */
const keepMs = 35 * 24 * hour
const batch = 50

/**
 * Takes up what has waited long enough, triggers that time kept from firing, and everything that a crash, a lost webhook or
 * a lost reply has left lying: crossings no trigger has seen, events not handled, upgrades nobody works on, subscriptions
 * whose period has turned or that nobody has looked at for a day. It tells Stripe what was used beyond limits, and the host what its
 * vendor is asked for. What fails is left for the next sweep.
 */
export async function sweep(context: Context): Promise<void> {
  const { clock, database, gateway } = context
  const now = clock.now()
  const attempt: Attempt = async (doing, work) => {
    try {
      await work()
    } catch (error) {
      context.failed(error, doing)
    }
  }
  await attempt('making room for events', () => database.makeRoom(now))
  for (const account of await database.read.metering.accountsWithPendingCrossings(batch))
    await attempt(`running the triggers of ${account}`, () => runCrossings(context, account))
  for (const look of await database.read.triggers.looksDue(now, batch))
    await attempt(`looking at ${look.trigger} of ${look.account} again`, () => runLook(context, look))
  await database.transaction('', async ({ idempotency, inbox, use }) => {
    await idempotency.forgetBefore(now - keepMs)
    await inbox.forgetBefore(now - keepMs)
    await use.forgetBefore(now - keepMs)
  })
  // A hook that is slow holds nothing else up.
  if (context.tellRequest !== null) context.follow('telling the vendor of requests', () => tellVendor(context))
  if (gateway) await sweepStripe(context, attempt)
  // Last, as they take long where there are many accounts.
  await attempt('comparing accounts', () => compareAccounts(context))
  await attempt('deleting what is no longer kept', () => forgetOld(context))
}

type Attempt = (doing: string, work: () => Promise<unknown>) => Promise<void>

async function sweepStripe(context: Context, attempt: Attempt): Promise<void> {
  const { clock, database } = context
  const now = clock.now()
  for (const event of await database.read.inbox.pending(batch))
    await attempt(`handling the Stripe event ${event.id}`, () => handleStripeEvent(context, event))
  for (const upgrade of await database.read.billing.abandonedUpgrades(now, batch))
    await attempt(`reconciling the upgrade ${upgrade.id}`, () => takeUp(context, upgrade))
  // A renewal, the end of a trial or a change that waited for it: whatever came, it came without us where the news are lost.
  const turned = await database.read.accounts.subscriptionsPastPeriod(now, batch)
  const unseen = await database.read.accounts.subscriptionsSeenBefore(now - lookEveryMs, batch)
  for (const account of new Set([...turned, ...unseen].map((subscription) => subscription.account)))
    await attempt(`reconciling the subscription of ${account}`, () => reconcileAccount(context, account))
  await attempt('reporting use', () => reportUse(context))
}

/** Sweeps now and then every `everyMs`, until the returned function is called; that one waits for a sweep under way. */
export function startSweeping(context: Context, everyMs: number): () => Promise<void> {
  let running = Promise.resolve()
  let cancel = () => {}
  let stopped = false
  const run = (): void => {
    running = sweep(context).catch((error) => context.failed(error, 'sweeping'))
    void running.then(() => {
      if (!stopped) cancel = context.clock.after(everyMs, run)
    })
  }
  run()
  return async () => {
    stopped = true
    cancel()
    await running
  }
}

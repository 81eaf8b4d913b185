import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { sleep } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

/**
 * How long an upgrade belongs to a process that says nothing more: another takes over then. Whoever works on it says so every
 * `beatMs`. Should two work on it after all, because one was stopped in its tracks, Stripe knows both calls by one key.
 */
export const leaseMs = 15_000
const beatMs = 5_000
/** How long callers wait for another process that is alive: longer than all its calls to Stripe together. */
const patienceMs = 90_000

const pollMs = 50

/** The name under which a look at an upgrade is shared in this process. */
export const takeUpKey = (account: string, id: string): string => `take up\n${account}\n${id}`

/** The name under which the callers who confirm a quote share one run in this process. */
export const confirmKey = (account: string, quote: string): string => `upgrade\n${account}\n${quote}`

/** Does work on an upgrade whose lease is ours, and keeps the lease for as long as that takes. */
export async function leased<T>(context: Context, { account, id }: UpgradeRecord, work: () => Promise<T>): Promise<T> {
  const { clock, database, instance: owner } = context
  let done = false
  const renew = async (): Promise<void> => {
    try {
      const until = clock.now() + leaseMs
      await database.transaction(account, ({ billing }) => billing.renewLease({ account, id, owner, until }))
    } catch (error) {
      context.failed(error, `keeping the lease of the upgrade ${id}`)
    }
    if (!done) cancel = clock.after(beatMs, renew)
  }
  let cancel = clock.after(beatMs, renew)
  try {
    return await work()
  } finally {
    done = true
    cancel()
  }
}

/** Waits until the process that works on an upgrade has let go of it, or has had its time. */
export async function whenFree(context: Context, { account, id }: UpgradeRecord): Promise<void> {
  const { clock, database } = context
  const deadline = clock.now() + patienceMs
  for (;;) {
    // A look of this very process, set off by a webhook say, ends by itself: there is no need to ask the clock.
    await context.sharing.ended(takeUpKey(account, id))
    const current = await database.read.billing.findUpgrade(account, id)
    if (!current || isClosed(current) || current.leaseUntil <= clock.now()) return
    if (clock.now() >= deadline)
      throw new ProblemError(
        'billing_unavailable',
        'Another process still works on this upgrade. Ask again in a moment.',
      )
    await sleep(clock, pollMs)
  }
}

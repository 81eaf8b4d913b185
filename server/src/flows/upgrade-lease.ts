import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { sleep } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

/** How long one process may work on an upgrade before another takes over: longer than all its calls to Stripe together. */
export const leaseMs = 90_000

const pollMs = 50

/** The name under which a look at an upgrade is shared in this process. */
export const takeUpKey = (account: string, id: string): string => `take up\n${account}\n${id}`

/** The name under which the callers who confirm a quote share one run in this process. */
export const confirmKey = (account: string, quote: string): string => `upgrade\n${account}\n${quote}`

/** Waits until the process that works on an upgrade has let go of it, or has had its time. */
export async function whenFree(context: Context, { account, id }: UpgradeRecord): Promise<void> {
  const { clock, database } = context
  const deadline = clock.now() + leaseMs
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

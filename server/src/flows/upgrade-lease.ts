import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { sleep } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

/** How long one process may work on an upgrade before another takes over: longer than all its calls to Stripe together. */
export const leaseMs = 90_000

const pollMs = 50

/** Waits until the process that works on an upgrade has let go of it, or has had its time. */
export async function whenFree({ clock, database }: Context, { account, id }: UpgradeRecord): Promise<void> {
  const deadline = clock.now() + leaseMs
  for (;;) {
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

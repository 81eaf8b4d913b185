import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { sleep } from '../kernel/clock.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

/** How long one process may work on an upgrade before another takes over: longer than all its calls to Stripe together. */
export const leaseMs = 90_000

const pollMs = 50

// Callers of the same thing within this process share one run, whatever they share it under.
const running = new WeakMap<object, Map<string, Promise<unknown>>>()

/** Runs `work` once for all who ask for the same key at the same time; each gets its result. */
export function lead<T>(context: Context, key: string, work: () => Promise<T>): Promise<T> {
  const mine = running.get(context) ?? new Map<string, Promise<unknown>>()
  running.set(context, mine)
  const under = mine.get(key) as Promise<T> | undefined
  if (under) return under
  const run = work().finally(() => mine.delete(key))
  mine.set(key, run)
  return run
}

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

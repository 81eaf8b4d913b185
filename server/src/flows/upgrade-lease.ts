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

/** Settles when the run under this key has ended, however it did; at once when there is none. */
const underWay = async (context: Context, key: string): Promise<void> => {
  await running
    .get(context)
    ?.get(key)
    ?.catch(() => {})
}

/** Waits until the process that works on an upgrade has let go of it, or has had its time. */
export async function whenFree(context: Context, { account, id }: UpgradeRecord): Promise<void> {
  const { clock, database } = context
  const deadline = clock.now() + leaseMs
  for (;;) {
    // A look of this very process, set off by a webhook say, ends by itself: there is no need to ask the clock.
    await underWay(context, `${account}\n${id}`)
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

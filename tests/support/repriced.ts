import { pushCatalog, type Softgate } from '@softgate/server'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { type Api, createApi } from './api.ts'
import type { Harness } from './harness.ts'

/** TeamFlow's catalogue with another price for a seat of Starter by the month. */
export const starterAt = (unitAmount: number): Catalog => {
  const { starter } = teamflow.plans
  if (!starter) throw new Error('TeamFlow sells no Starter')
  const prices = (starter.prices ?? []).map((price) => {
    const { interval, currency, per } = price
    return interval === 'month' ? { interval, currency, per, unitAmount } : price
  })
  return { ...teamflow, plans: { ...teamflow.plans, starter: { ...starter, prices } } }
}

/** Pushes another catalogue and goes on with it: who subscribed before keeps the older price. */
export async function repriced(
  harness: Harness,
  config: Catalog,
): Promise<{ softgate: Softgate; as(account: string, user: string): Api }> {
  // News would go to the first server, and two on one file wait for each other in a clock that stands still.
  harness.sandbox.control.webhooks.pause()
  await pushCatalog(harness.stripe, config)
  const softgate = await harness.again({ config })
  const as = (account: string, user: string): Api =>
    createApi((url, init) => softgate.app.request(url, init), '/v1', harness.token(account, user))
  return { softgate, as }
}

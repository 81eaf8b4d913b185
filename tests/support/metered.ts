import type Stripe from 'stripe'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog } from '../../server/src/catalog/model.ts'
import type { Rate } from '../../server/src/catalog/rate.ts'
import type { Api } from './api.ts'
import { type AccountSpec, day, type Harness, type HarnessOptions, openHarness, subscribe } from './harness.ts'

/** TeamFlow's plans without what it bills of use itself. */
const plans = Object.fromEntries(
  Object.entries(teamflow.plans).map(([key, { overage: _, beyond: __, ...plan }]) => [key, plan]),
)

export const withoutUse: Catalog = { ...teamflow, plans }

/** TeamFlow with calls: 1,000 with Starter and 5,000 with Professional, more of them billed. */
export function withCalls(starter: Rate = { unitAmount: 5 }, professional: Rate = { unitAmount: 2 }): Catalog {
  const billed = (key: string, limit: number, rate: Rate) => {
    const plan = plans[key]
    if (!plan) throw new Error(`TeamFlow has no ${key}`)
    const yearly = rate.tiers ? rate : { ...rate, unitAmount: rate.unitAmount * 10 }
    const overage = [
      { interval: 'month' as const, currency: 'usd', per: 'calls', ...rate },
      { interval: 'year' as const, currency: 'usd', per: 'calls', ...yearly },
    ]
    return { ...plan, grants: { ...plan.grants, calls: limit }, overage }
  }
  return {
    ...teamflow,
    features: {
      ...teamflow.features,
      calls: {
        kind: 'metered',
        meter: 'consumable',
        title: 'API calls',
        unit: { one: 'call', other: 'calls' },
        beyond: 'overage',
      },
    },
    plans: {
      ...plans,
      starter: billed('starter', 1_000, starter),
      professional: billed('professional', 5_000, professional),
    },
  }
}

let events = 0

/** Counts calls of acme, now or so long ago. */
export async function call({ clock, host }: Pick<Harness, 'clock' | 'host'>, calls: number, ago = 0): Promise<string> {
  const id = `call-${String(++events).padStart(6, '0')}`
  const time = new Date(clock.now() - ago).toISOString()
  const event = { id, account: 'acme', name: 'api_call', feature: 'calls', value: calls, time }
  await host.ok('POST', '/events', { events: [event] })
  return id
}

/** Takes what an event counted back, and counts so many instead. */
export async function recall({ clock, host }: Harness, replaces: string, calls: number): Promise<void> {
  const time = new Date(clock.now()).toISOString()
  const id = `call-${String(++events).padStart(6, '0')}`
  const event = { id, account: 'acme', name: 'api_call', feature: 'calls', value: calls, time, replaces }
  await host.ok('POST', '/events', { events: [event] })
}

export interface Metered {
  harness: Harness
  stripe: Stripe
  customer: string
  subscription: string
  priya: Api
  /** Units that Stripe's meter has counted in this period. */
  metered(): Promise<number>
  sweep(): Promise<void>
}

/** Acme with three seats of Starter that bills API calls as well, ten days into the month. */
export async function openMetered(
  config = withCalls(),
  spec: AccountSpec = {},
  options: HarnessOptions = {},
): Promise<Metered> {
  const harness = await openHarness({ config, ...options })
  const { clock, stripe, softgate } = harness
  const made = await subscribe(harness, { taken: 3, seats: 3, ...spec })
  await clock.advance(10 * day)
  const metered = async (): Promise<number> => {
    const [meter] = (await stripe.billing.meters.list({ status: 'active' })).data
    const from = Math.floor((clock.now() - 40 * day) / 1_000)
    const { data } = await stripe.billing.meters.listEventSummaries(meter?.id ?? '', {
      customer: made.customer,
      start_time: from,
      end_time: from + 80 * 86_400,
    })
    return data[0]?.aggregated_value ?? 0
  }
  return {
    harness,
    stripe,
    ...made,
    priya: harness.as('acme', 'priya'),
    metered,
    sweep: () => softgate.services.sweep(),
  }
}

import type { EventInput, RejectionCode } from '@softgate/sdk/contract'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import type { Catalog, MeteredFeature } from '../catalog/model.ts'
import type { Op } from './model.ts'
import { periodOf } from './period.ts'

/** What is known when an event arrives. */
export interface Admission {
  catalog: Catalog
  account: AccountRecord
  subscription: SubscriptionRecord | null
  /** The levels of the feature's use that triggers watch. */
  marks(feature: string): readonly number[]
  now: number
  /** Whether a browser reports it: only what the catalogue marks for browsers counts then. */
  browser: boolean
}

export type Admitted = { op: Op } | { code: RejectionCode; detail: string }

const reject = (code: RejectionCode, detail: string): Admitted => ({ code, detail })

/** Decides whether an event counts and what it moves. A refused event says why and takes nothing else down. */
export function admit(event: EventInput, context: Admission): Admitted {
  const { catalog, account, now } = context
  const time = Date.parse(event.time)
  if (Number.isNaN(time)) return reject('invalid_event', `time "${event.time}" is not an RFC 3339 instant.`)
  const late = refuseTime(time, now, catalog)
  if (late) return late

  const op: Op = {
    account: account.id,
    id: event.id,
    user: event.user ?? null,
    name: event.name,
    feature: null,
    period: 0,
    add: null,
    level: null,
    time,
    receivedAt: now,
    properties: event.properties ?? null,
    marks: [],
    bound: null,
  }
  const counts = event.value !== undefined || event.set !== undefined
  if (event.feature === undefined) {
    if (counts) return reject('invalid_event', 'value and set need the feature whose use they change.')
    return context.browser && !catalog.browserSignals.includes(event.name)
      ? reject('browser_not_allowed', `${event.name} is not among the signals that a browser may report.`)
      : { op }
  }
  return admitUse(event, event.feature, op, context)
}

function admitUse(event: EventInput, key: string, op: Op, context: Admission): Admitted {
  const feature = context.catalog.features[key]
  if (feature === undefined) return reject('feature_unknown', `There is no feature ${key} in the catalogue.`)
  if (feature.kind !== 'metered')
    return reject('feature_not_metered', `${key} is ${feature.kind}: it has no use to count.`)
  if (event.value !== undefined && event.set !== undefined)
    return reject('invalid_event', 'An event either adds (value) or states a level (set), not both.')
  const forbidden = context.browser && refuseBrowser(event, key, feature)
  if (forbidden) return forbidden
  return {
    op: {
      ...op,
      feature: key,
      period: periodOf(feature, context.account, context.subscription, op.time)?.start ?? 0,
      add: event.set === undefined ? (event.value ?? 1) : null,
      level: event.set ?? null,
      marks: context.marks(key),
    },
  }
}

function refuseBrowser(event: EventInput, key: string, { browser }: MeteredFeature): Admitted | null {
  if (!browser)
    return reject('browser_not_allowed', `Use of ${key} is reported by the host's server, not by a browser.`)
  if (event.set !== undefined) return reject('browser_not_allowed', 'A browser may add to a meter, not set it.')
  return (event.value ?? 1) > browser.maxValue
    ? reject('browser_not_allowed', `A browser may add at most ${browser.maxValue} to ${key} at once.`)
    : null
}

function refuseTime(time: number, now: number, { ingest }: Catalog): Admitted | null {
  if (time > now + ingest.maxAheadSeconds * 1_000)
    return reject('time_in_future', `time is more than ${ingest.maxAheadSeconds} seconds ahead of the server's clock.`)
  if (time < now - ingest.maxAgeDays * 86_400_000)
    return reject(
      'time_too_old',
      `time is more than ${ingest.maxAgeDays} days ago, past the window in which ids are known.`,
    )
  return null
}

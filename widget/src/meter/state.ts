import { computed, type ReadonlySignal } from '@preact/signals-core'
import type { Decision, Softgate } from '@softgate/sdk'

import { asksVendor, mayBuy } from '../client.ts'
import { offerOf } from '../offers.ts'

/** What a meter shows. */
export interface MeterState {
  state: 'loading' | 'ok' | 'warn' | 'grace' | 'blocked' | 'unlimited'
  used: number
  limit: number
  /** Shares of the track, 0 to 1: how much of it is filled within the limit, and where the mark stands (0 for none). */
  fill: number
  mark: number
  /** Epoch ms at which this was last known to be true; null while it is live. */
  staleAt: number | null
  resetsAt: string | null
  graceEndsAt: string | null
  /** When the limit will be reached at the present rate. */
  fullAt: string | null
  /** Whether this user may buy more; the others ask. */
  buyer: boolean
  /** Whether whoever asks here asks the vendor's team. */
  vendor: boolean
  /** Whether there is a way to more: something to buy, or somebody to ask. */
  more: boolean
}

export interface MeterInput {
  softgate: ReadonlySignal<Softgate | null>
  feature: ReadonlySignal<string>
  now(): number
}

/** The meter of a feature as a signal: no words, no elements. Null where there is nothing to measure. */
export const createMeter = ({ softgate, feature, now }: MeterInput): ReadonlySignal<MeterState | null> =>
  computed(() => {
    const sg = softgate.value
    const known = sg?.state.value
    if (!sg || !known) return { ...noMeter, state: 'loading' }
    const decision = sg.decision(feature.value).value
    // Its age is that of now; the signal's is that of its last change.
    const { ageMs } = sg.check(feature.value)
    const vendor = asksVendor(sg)
    const buyer = mayBuy(sg) && !vendor
    return meterOf(decision, {
      staleAt: sg.connection.value === 'offline' ? now() - ageMs : null,
      buyer,
      vendor,
      more: buyer ? offerOf(known, feature.value) !== null : vendor || known.admins.length > 0,
    })
  })

/** A meter of nothing. */
export const noMeter = {
  used: 0,
  limit: 0,
  fill: 0,
  mark: 0,
  staleAt: null,
  resetsAt: null,
  graceEndsAt: null,
  fullAt: null,
  buyer: false,
  vendor: false,
  more: false,
}

function meterOf(
  decision: Decision,
  own: Pick<MeterState, 'staleAt' | 'buyer' | 'vendor' | 'more'>,
): MeterState | null {
  const { used, limit, state, softLimit, resetsAt, graceEndsAt, forecast } = decision
  if (used === null || state === 'locked') return null
  if (limit === null) return { ...noMeter, ...own, state: 'unlimited', used }
  const over = used > limit
  // A track is full when nothing is left, and never before, however it rounds.
  const fill = limit ? (over ? limit / used : used / limit) : 1
  // Over the limit it marks the limit; where all is used there is nothing left to warn of.
  const mark = over ? fill : softLimit && state !== 'blocked' && softLimit < limit ? softLimit / limit : 0
  const fullAt = forecast?.at ?? null
  return { state, used, limit, fill, mark, resetsAt, graceEndsAt, fullAt, ...own }
}

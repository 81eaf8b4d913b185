/** How far the use of a feature in one billing period was told to Stripe. Instants in epoch ms. */
export interface OverageRecord {
  account: string
  feature: string
  /** Key of the counter's period. */
  period: number
  /** Lookup key of the price that bills it. */
  price: string
  /** The limit when it was last looked at. */
  limit: number
  /** Use that is never billed by this price: it was there when the price came, in the middle of the period, or a limit had covered it that came down. */
  base: number
  /** Use when it was last looked at. */
  used: number
  /** Units that this price bills so far. */
  reported: number
  /** Units that it ought to bill and cannot any more; negative for those that it bills and ought not to. */
  missed: number
  at: number
}

/** Something to tell Stripe's meter, once: units that were used, or that an earlier report is void. */
export interface UseReport {
  account: string
  /** Stripe counts it once under this name. */
  id: string
  feature: string
  period: number
  price: string
  customer: string
  units: number
  /** The report that is void; null for one that counts. */
  voids: string | null
  /** The instant for which it counts. */
  time: number
  /** Until when Stripe takes it: the invoice is final then, or the report too old to be void. */
  until: number
  state: 'waiting' | 'sent' | 'lost'
  /** Since when it may have arrived without our knowing; null where it has not. */
  triedAt: number | null
  attempts: number
  nextAt: number
  reason: string | null
  createdAt: number
}

/** How long Stripe's invoice takes use of the period that it is for: https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period */
export const graceMs = 3_600_000
/** Stripe voids a report of the last 24 hours, and knows its name again for as long; one hour of them is ours. */
export const knownMs = 23 * 3_600_000

export interface SettleInput {
  use: { account: string; feature: string; period: number; used: number }
  before: OverageRecord | null
  /** What bills it now, since when, and beyond what. */
  billed: { price: string; since: number; limit: number }
  /** Of the counter's period, epoch ms. */
  period: { start: number; end: number }
  /** What was told of this period and counts, newest first. */
  told: readonly UseReport[]
  customer: string
  now: number
  newId(): string
}

export interface Settled {
  record: OverageRecord
  /** What is to be told. */
  reports: UseReport[]
  /** Reports that nobody was told of and nobody needs to be any more. */
  dropped: string[]
}

/** Use that is never billed under this limit: what a higher one covered, as an override gave it for a while, stays paid for. */
export const baseUnder = (before: Pick<OverageRecord, 'base' | 'used' | 'limit'>, limit: number): number =>
  limit < before.limit ? Math.max(before.base, Math.min(before.used, before.limit)) : before.base

/** Works out what Stripe still has to hear of a period's use so that it bills what is beyond the limit, no more and no less. */
export function settle(input: SettleInput): Settled {
  const { use, before, billed, period, now } = input
  const stays = before?.price === billed.price
  const fresh = before === null && billed.since <= period.start + minute
  // Use is looked at whenever it changes: where it stood at the last look, it stood when the price changed.
  const base = stays ? baseUnder(before, billed.limit) : fresh ? 0 : (before?.used ?? use.used)
  const reported = stays ? before.reported : 0
  const delta = Math.max(0, use.used - Math.max(billed.limit, base)) - reported
  const open = now < period.end + graceMs
  const change = delta > 0 && open ? more(input, delta) : delta < 0 && open ? fewer(input, -delta) : nothing
  return {
    record: {
      ...use,
      price: billed.price,
      limit: billed.limit,
      base,
      reported: reported + change.moved,
      missed: delta - change.moved,
      at: now,
    },
    reports: change.reports,
    dropped: change.dropped,
  }
}

interface Change extends Omit<Settled, 'record'> {
  /** Units by which what is reported rises. */
  moved: number
}

const minute = 60_000
const nothing: Change = { moved: 0, reports: [], dropped: [] }

const more = (input: SettleInput, units: number): Change => ({
  moved: units,
  reports: [report(input, { units, voids: null, until: input.period.end + graceMs })],
  dropped: [],
})

/** A report is void as a whole: what it said too much is taken back, and the rest of it told anew. */
function fewer(input: SettleInput, units: number): Change {
  const { told, billed, period, now } = input
  let freed = 0
  const reports: UseReport[] = []
  const dropped: string[] = []
  for (const one of told) {
    if (freed >= units) break
    const until = Math.min(one.createdAt + knownMs, period.end + graceMs)
    const untold = one.state === 'waiting' && one.triedAt === null
    if (one.price !== billed.price || (!untold && now >= until)) continue
    if (untold) dropped.push(one.id)
    else reports.push(report(input, { units: one.units, voids: one.id, until }))
    freed += one.units
  }
  const rest = more(input, freed - units)
  return freed > units
    ? { moved: -units, reports: [...reports, ...rest.reports], dropped }
    : { moved: -freed, reports, dropped }
}

const report = (
  { use: { account, feature, period: key }, billed, period, customer, now, newId }: SettleInput,
  { units, voids, until }: Pick<UseReport, 'units' | 'voids' | 'until'>,
): UseReport => ({
  account,
  id: newId(),
  feature,
  period: key,
  price: billed.price,
  customer,
  units,
  voids,
  // Before this very second: what a change of the price bills is what was used until then.
  time: Math.min(Math.max(now - 1_000, period.start, billed.since), period.end - 1_000),
  until,
  state: 'waiting',
  triedAt: null,
  attempts: 0,
  nextAt: now,
  reason: null,
  createdAt: now,
})

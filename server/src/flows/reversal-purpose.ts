import { type BilledInvoice, type Bought, boughtIn, periodIn } from '../billing/bought.ts'
import { isChange, type LiveItem, type QuoteRecord, type UpgradeRecord } from '../billing/model.ts'
import type { SettledPayment } from '../billing/settlement.ts'
import type { Bundle } from '../catalog/bundle.ts'
import type { Catalog } from '../catalog/model.ts'
import { type Context, requireGateway } from './context.ts'

/** A payment, and what we know of where it comes from. */
export interface Paid {
  payment: SettledPayment
  /** Its id at Stripe; null for none. */
  invoice: string | null
  upgrade: UpgradeRecord | null
  quote: QuoteRecord | null
}

/** Those that were paid since then, epoch ms. */
export const paidSince = (all: readonly Paid[], at: number): Paid[] => all.filter(({ payment }) => payment.at >= at)

/** What a payment was for: a whole period of a subscription, or a change within one. */
export type Purpose = PaidPeriod | PaidChange

export interface PaidPeriod {
  of: 'period'
  subscription: string
  reason: BilledInvoice['reason'] | 'convert'
  /** Epoch ms. */
  start: number
  end: number
}

export interface PaidChange {
  of: 'change'
  subscription: string
  /** When it was made, epoch ms. */
  at: number
  /** The upgrade it was; null for one that was made at Stripe. */
  upgrade: UpgradeRecord | null
  /** The step it made; null where nobody can tell. `present` and the item of its plan are what is held now. */
  bought(catalog: Catalog, present: { bundle: Bundle; item: LiveItem }): Bought | null
}

/** Null for what was paid beside any subscription. */
export async function purposeOf(context: Context, { invoice, upgrade, quote }: Paid): Promise<Purpose | null> {
  if (upgrade && quote && isWithinPeriod(quote)) return changeOf(upgrade, quote)
  const billed = invoice === null ? null : await requireGateway(context).billedBy(invoice)
  if (!billed || billed.reason === 'other') return null
  const { subscription, at } = billed
  const period = periodIn(billed)
  if (period)
    return {
      of: 'period',
      subscription,
      reason: quote?.change.kind === 'convert' ? 'convert' : billed.reason,
      ...period,
    }
  return {
    of: 'change',
    subscription,
    at,
    upgrade: null,
    bought: (catalog, present) => boughtIn(catalog, billed, present.bundle),
  }
}

type Within = QuoteRecord & { subscription: string }

/** Whether the upgrade left the period as it was. */
const isWithinPeriod = (quote: QuoteRecord): quote is Within => {
  const { change, steps } = quote
  return (
    isChange(quote) &&
    change.kind !== 'convert' &&
    steps.update?.anchor !== 'now' &&
    change.before?.bundle.interval === change.after?.interval
  )
}

const changeOf = (upgrade: UpgradeRecord, { subscription, change, steps }: Within): PaidChange => ({
  of: 'change',
  subscription,
  at: upgrade.updatedAt,
  upgrade,
  bought: (_, { item }) => {
    const { before, after } = change
    const priceIn = (items: readonly { id: string | null; price: string }[] = []): string | null =>
      items.find(({ id }) => id === item.id)?.price ?? null
    return (
      before &&
      after && {
        before: before.bundle,
        after,
        prices: { before: priceIn(before.items), after: priceIn(steps.update?.items) },
      }
    )
  },
})

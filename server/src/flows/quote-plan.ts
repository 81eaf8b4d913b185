import type { PaymentMethod, QuoteTax, SavedCard, UseEstimate } from '@softgate/sdk/contract'
import type {
  Change,
  LiveItem,
  LiveSubscription,
  OnceBilled,
  Preview,
  QuoteRecord,
  Repriced,
  Steps,
  Target,
  UpdateStep,
} from '../billing/model.ts'
import type { Redeemable } from '../billing/promotion.ts'
import { targetsOf, unfitness, type Wish, wishesOf } from '../billing/targets.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { addonKeyOf, lookupKeyOf, overageKeyOf, type Term } from '../catalog/model.ts'
import type { Sellable } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { keepLook, seeSubscription } from './sync.ts'

export interface PlanInput {
  snapshot: Snapshot
  sellable: Sellable
  quantity: number
  /** A promotion code to redeem. */
  promotion: Redeemable | null
  /** The saved card that is to pay; the present one when null. */
  card: string | null
}

/** A change as it was computed at Stripe: its steps, its price now and later, and what both rest on. */
export interface Planned
  extends Pick<QuoteRecord, 'subscription' | 'steps' | 'prorationDate' | 'fingerprint' | 'livemode'> {
  change: Change
  due: Preview
  /** What would be due without the code that is redeemed, where Stripe's lines do not tell. */
  full?: Preview
  /** Discounts that are held already, which Stripe has in its prorations. */
  held?: boolean
  /** What is paid each interval once it holds; null where the subscription ends. */
  renewal: Preview | null
  /** When it is charged next, or ends. */
  periodEnd: number
  effectiveAt: number
  /** What time it was for the subscription. */
  asOf: number
  notices: string[]
  /** What use will come to where the change brings another price for it. */
  use?: UseEstimate[]
  /** The id of the plan's price after the change. */
  planPrice: string | null
  /** What is paid for until now; null where a subscription begins. */
  present: { item: LiveItem; renewal: Preview } | null
  taxes: QuoteTax[]
  paymentMethod: PaymentMethod | null
  /** What there is to choose from; left out where there is no choice. */
  cards?: SavedCard[]
}

/** The taxes of a preview by their names. */
export const taxesOf = (context: Context, { taxes }: Preview): Promise<QuoteTax[]> =>
  Promise.all(
    taxes.map(async ({ rate, inclusive, amount }) => {
      const named = rate === null ? null : await requireGateway(context).taxRate(rate)
      return { ...(named ?? { description: 'Tax', percentage: null }), inclusive, amount }
    }),
  )

/** Where tax is in what is billed once beside the catalogue's prices; null where Stripe does not work it out. */
export const taxBeside = ({ catalog }: Context, { automaticTax }: LiveSubscription): OnceBilled['tax'] =>
  (automaticTax && catalog.tax?.prices) || null

/** The subscription as it is at Stripe now, fit for this change. What was seen is kept on the way. */
export async function liveOf(context: Context, snapshot: Snapshot, kind: Sellable['kind']): Promise<LiveSubscription> {
  const id = snapshot.subscription?.id
  if (id === undefined) throw new ProblemError('subscription_not_ready', 'The account has no subscription to change.')
  const { live, observedAt } = await seeSubscription(context, snapshot.account.id, id)
  if (!live) throw new ProblemError('subscription_not_ready', `Stripe has no subscription ${id} any more.`)
  await keepLook(context, snapshot.account.id, live, observedAt)
  const unfit = unfitness(live, kind)
  if (unfit) throw new ProblemError('subscription_not_ready', unfit)
  return live
}

type Priced = Wish & Term

function keyOf({ plan = '', addon, overage, ...term }: Priced): string {
  if (addon !== undefined) return addonKeyOf(addon, term)
  return overage === undefined ? lookupKeyOf(plan, term) : overageKeyOf(plan, overage, term)
}

/** The ids at Stripe of the prices of the catalogue, read together; asking for one that is not there is refused. */
export async function priceIds(context: Context, wanted: readonly Priced[]): Promise<(wish: Priced) => string> {
  const found = await requireGateway(context).prices(wanted.map(keyOf))
  return (wish) => {
    const id = found.get(keyOf(wish))
    if (id !== undefined) return id
    throw new ProblemError(
      'subscription_not_ready',
      `Stripe has no price with the lookup key ${keyOf(wish)}. Push the catalogue.`,
    )
  }
}

/** A price of a plan that is not the catalogue's present one, by its id at Stripe. */
export type OwnPrice = Pick<Bundle, 'plan' | 'interval'> & { price: string }

/** What the subscription has to become for each of the bundles, with every price read at once. */
export async function targeting(
  context: Context,
  live: LiveSubscription,
  bundles: readonly Bundle[],
  own: OwnPrice | null = null,
): Promise<(bundle: Bundle, repriced?: readonly Repriced[]) => Target[]> {
  const { currency } = live
  const wanted = bundles.flatMap((bundle) =>
    wishesOf(context.catalog, bundle, currency).map(({ quantity, ...wish }) => ({
      ...wish,
      interval: bundle.interval,
      currency,
    })),
  )
  const idOf = await priceIds(context, wanted)
  return (after, repriced = []) =>
    targetsOf({
      catalog: context.catalog,
      live,
      after,
      repriced,
      priceOf: ({ plan, addon, overage }) =>
        own && overage === undefined && plan === own.plan && after.interval === own.interval
          ? own.price
          : idOf({
              ...(plan !== undefined && { plan }),
              ...(addon !== undefined && { addon }),
              ...(overage !== undefined && { overage }),
              interval: after.interval,
              currency,
            }),
    })
}

/** What a preview of later invoices comes to without use, which nobody knows before the period is over. */
export function withoutUse(preview: Preview, live: LiveSubscription, targets: readonly Target[] = []): Preview {
  const metered = new Set(
    [...live.items, ...targets].flatMap(({ price, quantity }) => (quantity === null ? [price] : [])),
  )
  const use = preview.lines.filter(({ price }) => price !== null && metered.has(price))
  if (use.length === 0) return preview
  const tax = use.reduce((sum, line) => sum + line.tax, 0)
  return {
    ...preview,
    lines: preview.lines.filter((line) => !use.includes(line)),
    tax: preview.tax - tax,
    total: use.reduce((sum, line) => sum - line.amount, preview.total - tax),
  }
}

export const noSteps: Steps = {
  release: null,
  update: null,
  placeless: false,
  later: null,
  restore: null,
  refund: null,
  regained: null,
  card: null,
}

/** An update that charges nothing and moves no date, to be changed by what the caller wants. */
export const quietUpdate: UpdateStep = {
  items: [],
  proration: 'none',
  anchor: 'kept',
  ending: null,
  trialEnd: null,
  trialDays: null,
  tax: null,
  discounts: null,
  use: [],
  drift: 0,
}

/** The preview of a change that makes no invoice. */
export const nothingDue = ({ currency, livemode }: Pick<Preview, 'currency' | 'livemode'>): Preview => ({
  amountDue: 0,
  total: 0,
  tax: 0,
  taxes: [],
  placeless: false,
  currency,
  livemode,
  creditUsed: 0,
  lines: [],
})

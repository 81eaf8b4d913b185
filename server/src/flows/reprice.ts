import type { Money, RepriceAnswer, RepriceInput, Repricing } from '@softgate/sdk/contract'
import { hasEnded, type SubscriptionRecord } from '../accounts/model.ts'
import { isClosed, type LiveSubscription, type Repriced } from '../billing/model.ts'
import { planPush } from '../billing/push.ts'
import { judge, type Subject, type Verdict } from '../billing/reprice.ts'
import { timeOf } from '../billing/sync.ts'
import type { Speech } from '../billing/words.ts'
import { type AddonPrice, addonKeyOf, type Catalog, lookupKeyOf } from '../catalog/model.ts'
import { leastOf, type Rate, rateWords, sameRate } from '../catalog/rate.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { makeOwn } from './own.ts'
import { priceIds } from './quote-plan.ts'
import { type Planning, planReprice } from './quote-reprice.ts'
import { keepLook, seeSubscription } from './sync.ts'
import { cancelOwn, takeUp } from './upgrade.ts'

/** Subscribers that one call looks at: each that keeps an older price costs a call to Stripe, and a handful to be moved. */
const page = 50
/** Subscribers that are read at once to find those. */
const stretch = 500

/**
 * Moves subscribers who keep an older price of a plan or an add-on to the present one, a page at a time. Each is a change like any other, with
 * a quote and an upgrade of its own: it is found done when it is asked for again, and what a crash has left lying is taken up.
 */
export async function reprice(context: Context, input: RepriceInput): Promise<RepriceAnswer> {
  const asked: Asked = { ...input, subject: subjectOf(input) }
  const prices = await pricesOf(context, asked.subject)
  const { records, next } = await olderPayers(context, asked, prices)
  const repricings: Repricing[] = []
  for (const record of records) {
    // Who asks again while the first call still works on it waits for that one.
    const name = ['reprice', record.account, ...Object.entries(asked.subject).flat(), input.when, input.mode].join('\n')
    repricings.push(...(await context.sharing.together(name, () => repriceOne(context, asked, prices, record))))
  }
  return { repricings, next }
}

type Asked = RepriceInput & { subject: Subject }

function subjectOf({ plan, addon }: RepriceInput): Subject {
  if (plan !== undefined && addon === undefined) return { plan }
  if (addon !== undefined && plan === undefined) return { addon }
  throw new ProblemError('invalid_request', 'Name either a plan or an addon whose subscribers are to move.')
}

/** Subscribers whose last look saw them pay by another rate, at most a page of them. Others cost no call to Stripe. */
async function olderPayers(
  { database }: Context,
  { accounts, after = '', subject }: Asked,
  prices: Prices,
): Promise<{ records: SubscriptionRecord[]; next: string | null }> {
  const { read } = database
  const isOlder = (record: SubscriptionRecord): boolean => !hasEnded(record) && paysOlder(record, prices)
  if (accounts) {
    const named = await Promise.all(accounts.map((id) => read.accounts.findSubscription(id)))
    return { records: named.filter((record) => record !== null).filter(isOlder), next: null }
  }
  const records: SubscriptionRecord[] = []
  let from: string | null = after
  while (from !== null) {
    const some: SubscriptionRecord[] = await read.accounts.subscribersAfter(subject.plan ?? null, from, stretch)
    for (const record of some) {
      if (isOlder(record)) records.push(record)
      if (records.length === page) return { records, next: record.account }
    }
    from = some.length < stretch ? null : (some.at(-1)?.account ?? null)
  }
  return { records, next: null }
}

type Prices = ReadonlyMap<string, { repriced: Repriced; rate: Rate }>

/** Its prices as they are sold now, by lookup key. Stripe has to have them already. */
async function pricesOf(context: Context, subject: Subject): Promise<Prices> {
  const { catalog } = context
  const gateway = requireGateway(context)
  const { plan, addon } = subject
  const name = plan ?? addon
  const prices: readonly AddonPrice[] =
    (plan === undefined ? catalog.addons[addon]?.prices : catalog.plans[plan]?.prices) ?? []
  if (prices.length === 0)
    throw new ProblemError(
      'plan_unknown',
      `The catalogue sells no ${plan === undefined ? 'add-on' : 'plan'} "${name}".`,
    )
  const keyOf = (price: AddonPrice): string =>
    plan === undefined ? addonKeyOf(addon, price) : lookupKeyOf(plan, price)
  const keys = prices.map(keyOf)
  const { steps } = planPush(catalog, await gateway.catalogue(catalog))
  if (steps.some((step) => step.do === 'create_price' && keys.includes(step.key)))
    throw new ProblemError(
      'subscription_not_ready',
      `Stripe sells ${name} at another price. Run "softgate push" first.`,
    )
  const idOf = await priceIds(
    context,
    prices.map(({ interval, currency }) => ({ ...subject, interval, currency })),
  )
  return new Map(
    prices.map((price) => {
      const { interval, currency } = price
      const sold = catalog.features[unitIn(catalog, subject) ?? '']
      const words = rateWords(price, currency, sold?.kind === 'metered' ? sold.unit.one : null)
      const id = idOf({ ...subject, interval, currency })
      const repriced = { addon: addon ?? null, price: id, unit: money(leastOf(price), currency), words }
      return [keyOf(price), { repriced, rate: price }]
    }),
  )
}

/** What a plan sells by the unit; an add-on stands for itself. */
const unitIn = ({ plans }: Catalog, { plan }: Subject): string | undefined => plans[plan ?? '']?.prices?.[0]?.per

const paysOlder = ({ rates }: SubscriptionRecord, prices: Prices): boolean =>
  [...prices].some(([key, { rate }]) => rates[key] !== undefined && !sameRate(rates[key], rate))

/** One subscriber as Stripe has it now; none when it turns out to pay the present price. */
async function repriceOne(
  context: Context,
  { subject, when, mode }: Asked,
  prices: Prices,
  { account, id }: SubscriptionRecord,
): Promise<Repricing[]> {
  if (mode === 'apply') await finishEarlier(context, account)
  const { clock, catalog } = context
  const { live, observedAt } = await seeSubscription(context, account, id)
  if (!live) return []
  await keepLook(context, account, live, observedAt)
  const now = timeOf(live, clock.now())
  const snapshot = await snapshotOf(context, account)
  const { contractRenewsAt, timeZone } = snapshot.account
  const speech: Speech = { catalog, timeZone: timeZone ?? 'UTC', now }
  const priceOf = (key: string) => prices.get(key)?.repriced
  const verdict = judge({ catalog, subject, when, live, priceOf, contractUntil: contractRenewsAt, speech, now })
  if (verdict.state === 'current') return []
  const row = rowOf(account, verdict)
  if (verdict.state !== 'moves') return [row]
  const planning = { live, repriced: verdict.repriced, charged: chargedBy(when, live), speech }
  if (mode === 'look') return [{ ...row, dueNow: await dueOf(context, planning) }]
  return [await move(context, snapshot, planning, row)]
}

/** What an apply that broke off has left open is brought to its end first. */
async function finishEarlier(context: Context, account: string): Promise<void> {
  const { billing } = context.database.read
  const open = await billing.findOpenUpgrade(account)
  const quote = open && (await billing.findQuote(account, open.quote))
  if (!open || quote?.change.kind !== 'reprice') return
  const after = await takeUp(context, open)
  if (!isClosed(after)) await cancelOwn(context, after)
}

/** What a trial costs is asked for when it ends, so it is changed at once and free. */
function chargedBy(when: RepriceInput['when'], { status }: LiveSubscription): Planning['charged'] {
  if (status === 'trialing') return 'none'
  return when === 'renewal' ? null : when === 'now' ? 'always_invoice' : 'none'
}

async function dueOf(context: Context, planning: Planning): Promise<Money | null> {
  if (planning.charged !== 'always_invoice') return null
  const { due } = await planReprice(context, planning)
  return money(due.amountDue, due.currency)
}

/** Moves one subscriber. Its trouble is not the others': it is said in its row. */
async function move(context: Context, snapshot: Snapshot, planning: Planning, row: Repricing): Promise<Repricing> {
  const failed = (reason: string): Repricing => ({ ...row, state: 'failed', reason })
  try {
    const planned = await planReprice(context, planning)
    const { phase, reason, invoice } = await makeOwn(context, snapshot, planned)
    if (phase !== 'applied') return failed(reason?.detail ?? 'It was not paid. Nothing was changed.')
    return { ...row, state: 'moved', dueNow: invoice?.amountDue ?? null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return failed(error.message)
  }
}

const rowOf = (account: string, verdict: Exclude<Verdict, { state: 'current' }>): Repricing => ({
  account,
  state: verdict.state,
  units: verdict.item.quantity ?? 1,
  interval: verdict.item.interval,
  from: verdict.from,
  to: verdict.to,
  at: verdict.state === 'kept' ? null : toIso(verdict.at),
  dueNow: null,
  reason: verdict.state === 'kept' ? verdict.reason : null,
})

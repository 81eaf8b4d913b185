import type { ChangeKind, Offer, Problem, Quote, State, Upgrade } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog } from '../../server/src/catalog/model.ts'
import type { Database } from '../../server/src/store/database.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import type { Api } from '../support/api.ts'
import { payOn } from '../support/checkout.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, hour, openHarness, subscribe } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

/** More runs, and longer ones, on demand. */
const numRuns = Number(process.env.SOFTGATE_LAW_RUNS ?? 12)

const config: Catalog = {
  ...teamflow,
  addons: {
    extra_exports: {
      title: 'Extra exports',
      grants: { exports: 100 },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 900 },
        { interval: 'year', currency: 'usd', unitAmount: 9_000 },
      ],
      maxQuantity: 5,
    },
  },
}

type Step =
  /** One of the offers of the kind, and a place in its range; confirmed by so many clicks at once. */
  | { do: 'buy'; kind: ChangeKind; which: number; share: number; clicks: number }
  /** Two people confirm two quotes at once. */
  | { do: 'race'; which: [number, number] }
  | { do: 'wait'; ms: number; news: News }
  /** A payment of the last weeks goes back: by a refund, all or part of it, or by a dispute that is closed after a while. */
  | { do: 'reverse'; which: number; how: 'refund' | 'part' | 'won' | 'lost' }
/** What becomes of the webhooks. */
type News = (typeof news)[number]

const news = ['told', 'lost', 'repeated', 'reversed'] as const
const kinds = ['add', 'remove', 'switch', 'switch', 'cancel', 'resume', 'undo', 'convert'] as const
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      kind: fc.constantFrom<ChangeKind>(...kinds),
      which: fc.nat(9),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      clicks: fc.constantFrom(1, 1, 1, 4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('race' as const), which: fc.tuple(fc.nat(9), fc.nat(9)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1_000, max: 6 * hour }), fc.integer({ min: day, max: 70 * day })),
      news: fc.constantFrom(...news),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reverse' as const),
      which: fc.nat(9),
      how: fc.constantFrom('refund', 'refund', 'part', 'won', 'lost'),
    }),
  },
)

interface Told {
  at: number
  quote: Quote
}

/** An account under test, and what the last quote said of the next invoice. */
interface World {
  harness: Harness
  id: string
  customer: string
  told: Told | null
}

const moneyOf = ({ harness, customer }: World) =>
  harness.sandbox.control
    .journal()
    .flatMap((entry) =>
      (entry.kind === 'charge' || entry.kind === 'refund') && entry.customer === customer
        ? [entry.kind === 'charge' ? entry.amount : -entry.amount]
        : [],
    )
const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0)
const stateOf = ({ harness, id }: World) => harness.as(id, 'priya').ok<State>('GET', '/state')

/** What the change costs, its lines adding up to it; null where it is refused, as only fewer seats than are in use are here. */
async function quote(user: Api, body: object): Promise<Quote | null> {
  const asked = await user('POST', '/quotes', body)
  if (asked.status !== 200) {
    expect(asked.body, JSON.stringify(asked.body)).toMatchObject({ code: 'below_use' })
    return null
  }
  const quote = asked.body as unknown as Quote
  const lines = sum(quote.lines.map((line) => line.amount))
  expect(lines + quote.tax.amount - quote.credit.amount, 'the lines add up').toBe(quote.dueNow.amount)
  return quote
}
const movedBy = (quote: Quote): number => quote.dueNow.amount - (quote.refund?.amount ?? 0)

/** A choice among the offers of a kind, taken to the end: what was quoted is what moved, and nothing else moved. */
async function buy(world: World, { kind, which, share, clicks }: Step & { do: 'buy' }): Promise<void> {
  const priya = world.harness.as(world.id, 'priya')
  const offers = (await stateOf(world)).offers.filter((offer: Offer) => offer.kind === kind)
  const offer = offers[which % Math.max(1, offers.length)]
  if (!offer) return
  const range = offer.quantity
  // Small numbers, so that seats stay within what anybody has.
  const most = range ? Math.min(range.max, range.min + 8) : 0
  const quantity = range ? { quantity: range.min + Math.round(share * (most - range.min)) } : {}
  const quoted = await quote(priya, { offer: offer.id, ...quantity })
  if (!quoted) return
  const before = moneyOf(world).length
  const at = world.harness.clock.now()
  const confirm = () => priya.ok<Upgrade>('POST', '/upgrades', { quote: quoted.id })
  let [upgrade, ...others] = await Promise.all([confirm(), ...Array.from({ length: clicks - 1 }, confirm)])
  for (const other of others) expect(other.id).toBe(upgrade.id)
  if (upgrade.status === 'checkout') {
    await payOn(upgrade.url)
    upgrade = await priya.ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  }
  expect(upgrade.status).toBe('applied')
  expect(sum(moneyOf(world).slice(before)), 'quoted is charged').toBe(movedBy(quoted))
  world.told = { at, quote: quoted }
}

/** Two quotes confirmed at once: what moved is what those said that were applied; the other is told to look again. */
async function race(world: World, { which }: Step & { do: 'race' }): Promise<void> {
  const priya = world.harness.as(world.id, 'priya')
  const all = (await stateOf(world)).offers.filter(({ kind }) => kind === 'add' || kind === 'switch')
  const offers = which.flatMap((index) => all[index % Math.max(1, all.length)] ?? [])
  const quotes: Quote[] = []
  for (const { id } of offers) {
    const one = await quote(priya, { offer: id })
    if (one) quotes.push(one)
  }
  const before = moneyOf(world).length
  const at = world.harness.clock.now()
  const answers = await Promise.all(quotes.map(({ id }) => priya<Upgrade>('POST', '/upgrades', { quote: id })))
  let due = 0
  for (const [index, { status, body }] of answers.entries()) {
    const asked = quotes[index]
    if (!asked) continue
    if (status !== 200) {
      expect(['upgrade_open', 'quote_stale', 'quote_used']).toContain((body as unknown as Problem).code)
      continue
    }
    let upgrade = body
    if (upgrade.status === 'checkout') {
      await payOn(upgrade.url)
      upgrade = await priya.ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
    }
    if (upgrade.status !== 'applied') continue
    due += movedBy(asked)
    world.told = { at, quote: asked }
  }
  expect(sum(moneyOf(world).slice(before)), 'what was applied is what moved').toBe(due)
}

/** Time passes; Stripe renews, ends and turns schedules; the news of it arrives or does not. */
async function wait(world: World, { ms, news }: Step & { do: 'wait' }): Promise<void> {
  const { harness, told } = world
  const { webhooks } = harness.sandbox.control
  if (news === 'lost') webhooks.dropNext(1_000)
  if (news === 'repeated') webhooks.repeatNext(1_000)
  webhooks.reverse(news === 'reversed')
  await harness.clock.advance(ms)
  await harness.sandbox.clock.advance(0)
  await webhooks.flush()
  webhooks.reverse(false)
  if (news === 'lost') webhooks.dropNext(-1_000)
  if (news === 'repeated') webhooks.repeatNext(-1_000)
  await harness.softgate.services.sweep()
  if (!told) return
  const { data } = await harness.stripe.invoices.list({ customer: world.customer, limit: 100 })
  const renewals = data.filter((invoice) => invoice.created * 1_000 > told.at)
  const next = renewals.at(-1)
  const due = Date.parse(told.quote.nextInvoice.at)
  if (harness.clock.now() < due) return expect(next).toBeUndefined()
  world.told = null
  if (told.quote.recurring.amount === 0) return expect(next).toBeUndefined()
  expect([next && next.created * 1_000, next?.total], 'the next invoice is the one that was told').toEqual([
    due,
    told.quote.nextInvoice.total.amount,
  ])
}

/**
 * Money goes back: what was paid with it is taken by the policies, and given again where a dispute is won. Nothing else moves,
 * and nothing is credited. Where it cannot be told apart, somebody is told.
 */
async function reverse(world: World, { which, how }: Step & { do: 'reverse' }): Promise<void> {
  const { harness, customer } = world
  const { control } = harness.sandbox
  const since = harness.clock.now() / 1_000 - (60 * day) / 1_000
  const { data } = await harness.stripe.charges.list({ customer, limit: 100 })
  const whole = data.filter(
    (charge) => charge.created > since && charge.paid && !charge.disputed && charge.amount_refunded === 0,
  )
  const charge = whole[which % Math.max(1, whole.length)]
  const intent = typeof charge?.payment_intent === 'string' ? charge.payment_intent : null
  if (!charge || intent === null) return
  world.told = null
  const balanceOf = async () => {
    const found = await harness.stripe.customers.retrieve(customer)
    return found.deleted ? 0 : found.balance
  }
  const charged = () => moneyOf(world).filter((amount) => amount > 0)
  const before = [charged(), await balanceOf()]
  const told = async () => {
    await control.webhooks.flush()
    await harness.softgate.services.sweep()
    expect([charged(), await balanceOf()], 'only the payment has moved').toEqual(before)
    await checkPeace(world)
  }
  if (how === 'refund' || how === 'part') {
    const amount = how === 'part' ? Math.ceil(charge.amount / 2) : charge.amount
    await harness.stripe.refunds.create({ payment_intent: intent, amount })
    return told()
  }
  const dispute = await control.dispute(intent)
  await told()
  await control.closeDispute(dispute, how)
  await told()
}

/** What was written down of the account's money is what its customer has paid at Stripe and not got back. */
async function checkMoney({ harness, id, customer }: World, { billing }: Database['read']): Promise<void> {
  const { data } = await harness.stripe.charges.list({ customer, limit: 100 })
  const disputes = await Promise.all(
    data.filter(({ disputed }) => disputed).map(({ id: charge }) => harness.stripe.disputes.list({ charge })),
  )
  const taken = disputes.flatMap((one) => one.data).filter(({ status }) => status !== 'won')
  const net = sum(data.filter(({ paid }) => paid).map((charge) => charge.amount - charge.amount_refunded))
  const kept = await billing.settlements(id, 0)
  expect(sum(kept.map(({ amount }) => amount)), 'the figures are what Stripe says').toBe(
    net - sum(taken.map(({ amount }) => amount)),
  )
}

/** Our account is what Stripe says. */
async function checkPeace(world: World): Promise<void> {
  const { harness, customer } = world
  const state = await stateOf(world).catch((error) => {
    throw new Error(harness.failures.join('; '), { cause: error })
  })
  const { data } = await harness.stripe.subscriptions.list({ customer, status: 'all' })
  const live = data.filter(({ status }) => status === 'active' || status === 'trialing')
  expect(live.length).toBeLessThanOrEqual(1)
  const plans = live[0]?.items.data.map(({ price, quantity }) => [price.lookup_key, quantity]) ?? []
  const [plan, seats] = plans.find(([key]) => !String(key).includes('addon')) ?? ['softgate_free_', 3]
  expect(`softgate_${state.account.plan.key}_`).toBe(String(plan).replace(/(month|year)_usd$/, ''))
  expect(state.features.seats?.limit).toBe(seats)
  expect(state.upgrade).toBeNull()
  expect(harness.failures.filter((failure) => !failure.endsWith('Somebody has to decide.'))).toEqual([])
}

/** Ends what is left, so that the accounts after this one need not wait for its renewals. */
async function leave({ harness, customer }: World): Promise<void> {
  const { data } = await harness.stripe.subscriptions.list({ customer })
  for (const { id } of data) await harness.stripe.subscriptions.cancel(id)
  await harness.sandbox.control.webhooks.flush()
}

test('whatever is bought, dropped, paid back and waited for: quoted is charged, told is invoiced, what goes back is taken, and the account is as Stripe has it', async () => {
  const database = freshSqlite()
  const harness = await openHarness({ config, database })
  const reader = await openDatabase({ url: database, instance: 'reader', clock: harness.clock })
  cleanup(() => reader.close())
  let count = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('classic' as const, 'flexible' as const),
      fc.constantFrom('month' as const, 'year' as const),
      fc.constantFrom(0, 0, 14),
      fc.array(step, { minLength: 4, maxLength: 12 }),
      async (billing, interval, trialDays, steps) => {
        const id = `law_${count++}`
        const { customer } = await subscribe(harness, {
          id,
          billing,
          interval,
          plan: 'professional',
          taken: 1,
          trialDays,
        })
        const world: World = { harness, id, customer, told: null }
        for (const one of steps) {
          if (one.do === 'buy') await buy(world, one)
          else if (one.do === 'race') await race(world, one)
          else if (one.do === 'reverse') await reverse(world, one)
          else await wait(world, one)
          // News that are lost for less than a day may still be missing.
          if (one.do !== 'wait' || one.ms >= day || one.news !== 'lost') await checkPeace(world)
        }
        await wait(world, { do: 'wait', ms: 25 * hour, news: 'told' })
        // A sweep looks at fifty.
        for (let seen = 50; seen < count; seen += 50) await harness.softgate.services.sweep()
        await checkMoney(world, reader.read)
        await leave(world)
      },
    ),
    { numRuns, endOnFailure: true },
  )
})

import type { Decision, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy, quoteFor, type Wanted } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { type AccountSpec, day, type Harness, minute, subscribe } from '../support/harness.ts'
import { type Cut, cuts, type Line, openOnLine } from '../support/line.ts'

/** All ways on demand; without it the two in which the line goes dead, which leave the most undone. */
const ways: readonly Cut[] = process.env.SOFTGATE_ALL_CUTS ? cuts : ['dead_before', 'dead_after']

interface Change {
  name: string
  spec?: AccountSpec
  /** What is bought before the line is cut. */
  before?: Wanted[]
  wanted: Wanted
}

const changes: Change[] = [
  { name: 'more seats', wanted: { kind: 'add', quantity: 2 } },
  {
    name: 'a higher plan for more seats',
    wanted: { kind: 'switch', title: 'Professional', interval: 'month', quantity: 7 },
  },
  { name: 'a month to a year', wanted: { kind: 'switch', title: 'Starter', interval: 'year' } },
  {
    name: 'a month to a year, classic',
    spec: { billing: 'classic' },
    wanted: { kind: 'switch', title: 'Starter', interval: 'year' },
  },
  { name: 'fewer seats at the renewal', wanted: { kind: 'remove', quantity: 2 } },
  {
    name: 'other seats at the renewal',
    before: [{ kind: 'remove', quantity: 2 }],
    wanted: { kind: 'remove', quantity: 1 },
  },
  {
    name: 'more seats while a lower plan waits',
    spec: { plan: 'professional' },
    before: [{ kind: 'switch', title: 'Starter', interval: 'month' }],
    wanted: { kind: 'add', quantity: 2 },
  },
  { name: 'dropping what waits', before: [{ kind: 'remove', quantity: 2 }], wanted: { kind: 'undo' } },
  { name: 'a cancellation', wanted: { kind: 'cancel' } },
  {
    name: 'a cancellation while fewer seats wait',
    before: [{ kind: 'remove', quantity: 1 }],
    wanted: { kind: 'cancel' },
  },
  { name: 'resuming', before: [{ kind: 'cancel' }], wanted: { kind: 'resume' } },
  { name: 'the end of a trial', spec: { trialDays: 14 }, wanted: { kind: 'convert' } },
  { name: 'taking a fresh upgrade back', before: [{ kind: 'add', quantity: 2 }], wanted: { kind: 'undo' } },
]

interface Scene {
  harness: Harness
  line: Line
}

async function opened(): Promise<Scene> {
  const { harness, line } = await openOnLine()
  // News of every change is lost: what is told apart here has to be found by asking.
  harness.sandbox.control.webhooks.pause()
  return { harness, line }
}

const money = ({ sandbox }: Harness) =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' || entry.kind === 'refund' ? [entry] : []))

/** What has to hold once everything is healed, whatever happened on the way. */
async function checkPeace({ harness, line }: Scene, id: string, customer: string, quote: Quote, before: number) {
  line.heal()
  await harness.softgate.services.sweep()
  const priya = harness.as(id, 'priya')
  const answer = await priya('POST', '/upgrades', { quote: quote.id })
  const upgrade = answer.status === 200 ? (answer.body as unknown as Upgrade) : null
  const state = await priya.ok<State>('GET', '/state')
  expect(state.upgrade, 'no upgrade is left open').toBeNull()
  const moved = money(harness).slice(before)
  const applied = upgrade?.status === 'applied'
  const due = applied ? quote.dueNow.amount : 0
  const back = applied ? (quote.refund?.amount ?? 0) : 0
  expect(
    moved.map(({ kind, amount }) => [kind, amount]),
    'exactly what was quoted has moved, or nothing',
  ).toEqual([...(due > 0 ? [['charge', due]] : []), ...(back > 0 ? [['refund', back]] : [])])
  if (applied && upgrade.invoice)
    expect(upgrade.invoice.amountDue.amount, 'the invoice says what the quote said').toBe(due)
  const { data } = await harness.stripe.subscriptions.list({ customer, status: 'all', expand: ['data.schedule'] })
  expect(data.length, 'one subscription').toBe(1)
  const [live] = data
  const seats = await harness.host.ok<Decision>('POST', '/check', { account: id, feature: 'seats' })
  expect(seats.limit, 'entitlements follow the subscription').toBe(live?.items.data[0]?.quantity)
  expect(live?.pending_update).toBeNull()
  const schedule = typeof live?.schedule === 'object' ? live?.schedule : null
  if (schedule) expect(schedule.metadata?.softgate_quote, 'no schedule is left half made').toMatch(/^qt_/)
  const waits = state.pending !== null && state.pending.kind !== 'cancel'
  expect(waits, 'what waits is shown').toBe(schedule !== null)
  return applied
}

for (const { name, spec = {}, before = [], wanted } of changes)
  test(`${name}, cut at every call: what was quoted moves once or not at all, and all agree in the end`, {
    timeout: 600_000,
  }, async () => {
    const scene = await opened()
    const { harness, line } = scene
    const attempt = async (id: string, cut: [number, Cut] | null): Promise<number> => {
      const { customer } = await subscribe(harness, { taken: 3, ...spec, id })
      const priya = harness.as(id, 'priya')
      for (const earlier of before) await buy(priya, earlier)
      const quote = await quoteFor(priya, wanted)
      const start = money(harness).length
      line.heal()
      if (cut) line.cut(...cut)
      await priya('POST', '/upgrades', { quote: quote.id })
      const calls = line.calls().length
      expect(calls, 'the cut was met').toBeGreaterThan(cut?.[0] ?? 0)
      const applied = await checkPeace(scene, id, customer, quote, start)
      if (cut === null) expect(applied, 'it goes through when nothing is cut').toBe(true)
      return calls
    }
    await harness.clock.advance(10 * day)
    const calls = await attempt('whole', null)
    expect(calls).toBeGreaterThan(2)
    for (const way of ways) for (let call = 0; call < calls; call++) await attempt(`${way}_${call}`, [call, way])
    expect(harness.failures.filter((failure) => failure.startsWith('comparing'))).toEqual([])
  })

test('a first subscription, cut at every call: one page, one payment, one subscription', async () => {
  const { harness, line } = await opened()
  const attempt = async (id: string, cut: [number, Cut] | null): Promise<number> => {
    await openFree(harness, { id })
    const ben = harness.as(id, 'ben')
    const quote = await quoteFor(ben, { kind: 'switch', title: 'Starter', interval: 'month' })
    const start = money(harness).length
    line.heal()
    if (cut) line.cut(...cut)
    await ben('POST', '/upgrades', { quote: quote.id })
    const calls = line.calls().length
    expect(calls, 'the cut was met').toBeGreaterThan(cut?.[0] ?? 0)
    line.heal()
    await harness.softgate.services.sweep()
    const { id: upgrade, url, status } = await ben.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    expect(status).toBe('checkout')
    expect((await payOn(url)).status).toBe(303)
    expect(await ben.ok<Upgrade>('GET', `/upgrades/${upgrade}`)).toMatchObject({
      status: 'applied',
      invoice: { amountPaid: quote.dueNow },
    })
    expect(
      money(harness)
        .slice(start)
        .map(({ kind, amount }) => [kind, amount]),
    ).toEqual([['charge', quote.dueNow.amount]])
    const { account } = await ben.ok<State>('GET', '/state')
    expect(account.plan.key).toBe('starter')
    return calls
  }
  const calls = await attempt('whole', null)
  for (const way of ways) for (let call = 0; call < calls; call++) await attempt(`${way}_${call}`, [call, way])
})

interface Reversal {
  name: string
  before: Wanted[]
  /** Which of the account's payments goes back, the oldest first. */
  place: number
  /** How it does; refunded in full when left out. What has to happen before is heard of before the line is cut. */
  dispute?: 'won'
  /** The seats in the end, and whether something waits for the renewal. */
  seats: number
  waits?: boolean
}

const add = (quantity: number): Wanted => ({ kind: 'add', quantity })

const reversals: Reversal[] = [
  { name: 'what was bought before other seats', before: [add(2), add(1)], place: 1, seats: 6 },
  {
    name: 'what was bought before fewer seats were to wait',
    before: [add(2), { kind: 'remove', quantity: 3 }],
    place: 1,
    seats: 5,
    waits: true,
  },
  { name: 'what pays the period', before: [], place: 0, seats: 3 },
  { name: 'what pays the period, seats apart', before: [add(2)], place: 0, seats: 2 },
  { name: 'what a dispute had taken', before: [add(2), add(1)], place: 1, dispute: 'won', seats: 8 },
]
// A look makes many calls: each of them is met on demand.
const [reversalWays, apart] = process.env.SOFTGATE_ALL_CUTS ? [cuts, 1] : [['dead_after' as const], 5]

for (const { name, before, place, dispute, seats, waits = false } of reversals)
  test.each(reversalWays)(
    `${name} goes back, cut at every call: once, with nothing credited beside it (%s)`,
    { timeout: 600_000 },
    async (way) => {
      const { harness, line } = await opened()
      const { stripe, sandbox, softgate, host } = harness
      const { webhooks } = sandbox.control
      const { data: endpoints } = await stripe.webhookEndpoints.list()
      // One piece of news is one look.
      for (const { id } of endpoints)
        await stripe.webhookEndpoints.update(id, {
          enabled_events: ['charge.refunded', 'charge.dispute.created', 'charge.dispute.closed'],
        })
      const attempt = async (id: string, call: number | null): Promise<number> => {
        const { customer } = await subscribe(harness, { taken: 2, id })
        const priya = harness.as(id, 'priya')
        for (const one of before) await buy(priya, one)
        const { data } = await stripe.charges.list({ customer })
        const intent = String(data.reverse()[place]?.payment_intent)
        const disputed = dispute && (await takenByDispute(intent))
        line.heal()
        if (call !== null) line.cut(call, way)
        const start = money(harness).length
        if (disputed) await sandbox.control.closeDispute(disputed, 'won')
        else await stripe.refunds.create({ payment_intent: intent })
        await webhooks.flush()
        // A webhook is answered before it is followed; the sweep waits for that.
        await expect.poll(() => line.calls().length).toBeGreaterThan(0)
        await softgate.services.sweep()
        const calls = line.calls().length
        line.heal()
        // Whoever held the upgrade is gone by now, and news that could not be read come again.
        await harness.clock.advance(minute)
        await webhooks.flush()
        await softgate.services.sweep()
        await expect
          .poll(async () => (await host.ok<Decision>('POST', '/check', { account: id, feature: 'seats' })).limit)
          .toBe(seats)
        const found = await stripe.customers.retrieve(customer)
        expect(found.deleted ? null : found.balance).toBe(0)
        expect(money(harness).slice(start), 'nothing but the refund has moved').toHaveLength(disputed ? 0 : 1)
        const { upgrade, pending } = await priya.ok<State>('GET', '/state')
        expect([upgrade, pending !== null]).toEqual([null, waits])
        return calls
      }
      /** The look that finds the dispute takes what was bought. */
      const takenByDispute = async (intent: string): Promise<string> => {
        const id = await sandbox.control.dispute(intent)
        await webhooks.flush()
        await softgate.services.sweep()
        return id
      }
      const calls = await attempt('whole', null)
      expect(calls).toBeGreaterThan(8)
      for (let call = 0; call < calls; call += apart) await attempt(`call_${call}`, call)
    },
  )

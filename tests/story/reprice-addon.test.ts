import type { RepriceAnswer, RepriceInput, State } from '@softgate/sdk/contract'
import { pushCatalog } from '@softgate/server'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { createApi } from '../support/api.ts'
import { buy } from '../support/buying.ts'
import { charges } from '../support/edge-cases.ts'
import { day, openHarness, secretKey, subscribe, useCard } from '../support/harness.ts'
import { openLine } from '../support/line.ts'
import { repriced, starterAt } from '../support/repriced.ts'

const withExports = (unitAmount: number, seat = 1_200): Catalog => ({
  ...starterAt(seat),
  addons: {
    exports: {
      title: 'Extra exports',
      grants: { exports: 100 },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount },
        { interval: 'year', currency: 'usd', unitAmount: 10 * unitAmount },
      ],
      maxQuantity: 5,
    },
  },
})

/** Five seats of Starter with two packs of exports at $9.00 each, which cost $12.00 by now, and a seat of Starter perhaps more. */
async function opened({ seat = 1_200, line = false } = {}) {
  const lines: Awaited<ReturnType<typeof openLine>>[] = []
  const stripeVia = async (url: string): Promise<string> => {
    const made = await openLine(url)
    lines.push(made)
    return made.url
  }
  const harness = await openHarness({ config: withExports(900), inlineWriter: false, ...(line && { stripeVia }) })
  const { subscription } = await subscribe(harness, { taken: 3 })
  await buy(harness.as('acme', 'priya'), { kind: 'add', title: 'Extra exports', quantity: 2 })
  await harness.clock.advance(10 * day)
  const before = charges(harness).length
  const { softgate, as } = await repriced(harness, withExports(1_200, seat))
  const host = createApi((url, init) => softgate.app.request(url, init), '/v1', secretKey)
  const reprice = async (mode: RepriceInput['mode'], more: Partial<RepriceInput> = { addon: 'exports' }) =>
    (await host.ok<RepriceAnswer>('POST', '/admin/reprice', { when: 'renewal', mode, ...more })).repricings
  const held = async () => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    // A schedule lists them in an order of its own.
    return items.data
      .map(({ price, quantity = 0 }): [number | null, number] => [price.unit_amount, quantity])
      .sort(([, a], [, b]) => b - a)
  }
  return {
    harness,
    softgate,
    host,
    reprice,
    held,
    line: lines[0],
    priya: () => as('acme', 'priya'),
    paid: () => charges(harness).slice(before),
    state: () => as('acme', 'priya').ok<State>('GET', '/state'),
    nextPeriod: async () => {
      await harness.clock.advance(22 * day)
      await harness.sandbox.clock.advance(0)
      await harness.sandbox.control.webhooks.flush()
      await softgate.services.sweep()
    },
  }
}

const row = { account: 'acme', units: 2, interval: 'month', from: { amount: 1_800 }, to: { amount: 2_400 } }
const april = '2027-04-12T14:00:00.000Z'

test('an add-on with the renewal: shown first, then arranged once, told in the state, and in force with the next period', async () => {
  const { harness, reprice, held, paid, state, nextPeriod } = await opened()
  expect(await reprice('look')).toMatchObject([{ ...row, state: 'moves', at: april }])
  expect(await reprice('apply')).toMatchObject([{ ...row, state: 'moved', at: april }])
  expect(await reprice('apply')).toMatchObject([{ ...row, state: 'waits', at: april }])
  expect((await state()).pending).toMatchObject({
    kind: 'reprice',
    title: 'Starter, 5 seats, 2 × Extra exports, by the month, Extra exports at $12.00, from April 12',
    price: null,
    undo: null,
  })
  expect([await held(), paid()]).toEqual([
    [
      [1_200, 5],
      [900, 2],
    ],
    [],
  ])
  await nextPeriod()
  expect([await held(), paid()]).toEqual([
    [
      [1_200, 5],
      [1_200, 2],
    ],
    [5 * 1_200 + 2 * 1_200],
  ])
  expect([await reprice('apply'), (await state()).pending]).toEqual([[], null])
  expect(harness.failures).toEqual([])
})

test('plan and add-on, one after the other and whatever is bought meanwhile: both come with the renewal', async () => {
  const { harness, reprice, priya, held, state, nextPeriod } = await opened({ seat: 1_500 })
  expect(await reprice('apply', { plan: 'starter' })).toMatchObject([{ state: 'moved', from: { amount: 6_000 } }])
  expect(await reprice('apply')).toMatchObject([{ ...row, state: 'moved' }])
  expect(await reprice('look', { plan: 'starter' })).toMatchObject([{ state: 'waits' }])
  expect((await state()).pending?.title).toContain('at $15.00 a seat, Extra exports at $12.00, from April 12')
  const more = await buy(priya(), { kind: 'add', title: 'Extra exports' })
  expect([more.upgrade.status, more.quote.recurring.amount]).toEqual(['applied', 5 * 1_500 + 3 * 1_200])
  expect(more.quote.notices).toEqual([
    'From April 12 on, Starter costs $15.00 a seat.',
    'From April 12 on, Extra exports costs $12.00.',
  ])
  await nextPeriod()
  expect([await held(), charges(harness).at(-1)]).toEqual([
    [
      [1_500, 5],
      [1_200, 3],
    ],
    5 * 1_500 + 3 * 1_200,
  ])
  expect(harness.failures).toEqual([])
})

test('an add-on at once, with the difference charged to the cent or free until the renewal; what waits of the plan goes on waiting', async () => {
  const { reprice, held, paid, nextPeriod, state } = await opened({ seat: 1_500 })
  await reprice('apply', { plan: 'starter' })
  const difference = Math.round((2_400 * 21) / 31) - Math.round((1_800 * 21) / 31)
  const now = { addon: 'exports', when: 'now' as const }
  expect(await reprice('look', now)).toMatchObject([{ ...row, dueNow: { amount: difference } }])
  expect(await reprice('apply', now)).toMatchObject([{ ...row, state: 'moved', dueNow: { amount: difference } }])
  expect((await state()).pending).toMatchObject({ kind: 'reprice', price: { amount: 1_500 } })
  expect([await held(), paid()]).toEqual([
    [
      [1_200, 5],
      [1_200, 2],
    ],
    [difference],
  ])
  await nextPeriod()
  expect(paid()).toEqual([difference, 5 * 1_500 + 2 * 1_200])
})

test('who is about to drop the add-on, or to pay by another interval, is left alone', async () => {
  const { reprice, priya } = await opened()
  await buy(priya(), { kind: 'remove', title: 'Extra exports', quantity: 2 })
  expect(await reprice('apply')).toMatchObject([{ state: 'kept', reason: 'Extra exports goes on April 12.' }])
  await buy(priya(), { kind: 'undo' })
  expect(await reprice('apply')).toMatchObject([{ state: 'moved' }])
  // What is dropped after all takes its price along.
  await buy(priya(), { kind: 'remove', title: 'Extra exports', quantity: 2 })
  expect(await reprice('look')).toMatchObject([{ state: 'kept' }])
})

test('an add-on that is not pushed, not sold or not named moves nobody', async () => {
  const { host, harness } = await opened()
  const body = { when: 'renewal', mode: 'apply' }
  for (const wrong of [{}, { plan: 'starter', addon: 'exports' }])
    expect(await host.refused('POST', '/admin/reprice', { ...body, ...wrong })).toMatchObject({
      code: 'invalid_request',
    })
  expect(await host.refused('POST', '/admin/reprice', { ...body, addon: 'gone' })).toMatchObject({
    code: 'plan_unknown',
  })
  await pushCatalog(harness.stripe, withExports(1_300))
  expect(await host.refused('POST', '/admin/reprice', { ...body, addon: 'exports' })).toMatchObject({
    code: 'subscription_not_ready',
  })
})

for (const when of ['renewal', 'now'] as const)
  test(`an add-on moved ${when} while the plan waits for its price, cut at every call that writes and asked for again`, async () => {
    const { harness, line, reprice, softgate, host } = await opened({ seat: 1_500, line: true })
    if (!line) throw new Error('the harness opened no line')
    const { stripe, prices } = harness
    const older = ['softgate_starter_month_usd', 'softgate_addon.exports_month_usd'].map((key) => prices.get(key) ?? '')
    for (const price of older) await stripe.prices.update(price, { active: true })
    const [plan = '', exports = ''] = older
    /** Returns the calls that wrote something, by their place. */
    const attempt = async (id: string, cut: number | null): Promise<number[]> => {
      const customer = await stripe.customers.create({ name: id })
      await useCard(harness, customer.id, 'pm_card_visa')
      const items = [
        { price: plan, quantity: 5 },
        { price: exports, quantity: 2 },
      ]
      const { id: subscription } = await stripe.subscriptions.create({ customer: customer.id, items })
      await host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: customer.id })
      await reprice('apply', { plan: 'starter', accounts: [id] })
      const before = charges(harness).length
      line.heal()
      if (cut !== null) line.cut(cut, 'dead_after')
      await host('POST', '/admin/reprice', { addon: 'exports', when, mode: 'apply', accounts: [id] })
      const calls = line.calls().flatMap((call, place) => (call.startsWith('POST') ? [place] : []))
      line.heal()
      await softgate.services.sweep()
      await reprice('apply', { addon: 'exports', when, accounts: [id] })
      const live = await stripe.subscriptions.retrieve(subscription, { expand: ['schedule'] })
      const { metadata, phases } = live.schedule as Stripe.SubscriptionSchedule
      const words = Object.keys(metadata ?? {}).filter((key) => key.startsWith('softgate_repriced')).length
      expect(live.pending_update).toBeNull()
      expect([live.items.data[1]?.price.unit_amount, words, charges(harness).length - before]).toEqual(
        when === 'renewal' ? [900, 2, 0] : [1_200, 1, 1],
      )
      const next = (phases.at(-1)?.items ?? []).map(({ price }) => String(price))
      expect([next.length, next.filter((price) => older.includes(price))]).toEqual([2, []])
      return calls
    }
    const calls = await attempt('whole', null)
    expect(calls.length).toBeGreaterThan(2)
    for (const cut of calls) await attempt(`cut_${cut}`, cut)
    expect(harness.failures.filter((failure) => failure.startsWith('comparing'))).toEqual([])
  })

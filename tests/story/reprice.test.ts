import type { RepriceAnswer, RepriceInput, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { createApi } from '../support/api.ts'
import { buy, refusalOf } from '../support/buying.ts'
import { charges } from '../support/edge-cases.ts'
import { type AccountSpec, day, type Harness, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { type Line, openLine } from '../support/line.ts'
import { repriced, starterAt } from '../support/repriced.ts'

/** Subscribers of Starter at $12.00 a seat, ten days into the month, when it has begun to cost $15.00. */
async function opened(specs: AccountSpec[] = [{}], { config = starterAt(1_500), line = false } = {}) {
  const lines: Line[] = []
  const harness = await openHarness({
    inlineWriter: false,
    ...(line && {
      stripeVia: async (url) => {
        const made = await openLine(url)
        lines.push(made)
        return made.url
      },
    }),
  })
  const accounts: Awaited<ReturnType<typeof subscribe>>[] = []
  for (const spec of specs) accounts.push(await subscribe(harness, { taken: 3, ...spec }))
  await harness.clock.advance(10 * day)
  // Who heard of them before goes on no more: only one server answers from here on.
  const again = await renewed(harness, config)
  return { harness, accounts, line: lines[0], ...again }
}

async function renewed(harness: Harness, config: Catalog) {
  const { softgate, as } = await repriced(harness, config)
  const host = createApi((url, init) => softgate.app.request(url, init), '/v1', secretKey)
  const reprice = async (mode: RepriceInput['mode'], more: Partial<RepriceInput> = {}) =>
    (await host.ok<RepriceAnswer>('POST', '/admin/reprice', { plan: 'starter', when: 'renewal', mode, ...more }))
      .repricings
  const told = async () => {
    await harness.sandbox.control.webhooks.flush()
    await softgate.services.sweep()
  }
  const nextPeriod = async () => {
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    await told()
  }
  const state = (account = 'acme') => as(account, 'priya').ok<State>('GET', '/state')
  return { softgate, as, host, reprice, told, nextPeriod, state }
}

const billed = async ({ stripe }: Harness, id: string) => {
  const { items } = await stripe.subscriptions.retrieve(id)
  return items.data.map(({ price, quantity }) => [price.unit_amount, quantity])
}

const row = { account: 'acme', units: 5, interval: 'month', from: { amount: 6_000 }, to: { amount: 7_500 } }
const april = '2027-04-12T14:00:00.000Z'

test('with the renewal: shown first, then arranged once, told in the state, and in force with the next period', async () => {
  const { harness, accounts, reprice, state, nextPeriod } = await opened()
  const [acme] = accounts
  const before = charges(harness).length
  expect(await reprice('look')).toMatchObject([{ ...row, state: 'moves', at: april, dueNow: null, reason: null }])
  expect((await state()).pending).toBeNull()
  expect(await reprice('apply')).toMatchObject([{ ...row, state: 'moved', at: april }])
  expect(await reprice('apply')).toMatchObject([{ ...row, state: 'waits', at: april }])
  const { pending, offers } = await state()
  expect(pending).toMatchObject({
    kind: 'reprice',
    title: 'Starter, 5 seats, by the month, at $15.00 a seat, from April 12',
    at: april,
    price: { amount: 1_500, currency: 'usd' },
    quantity: 5,
    undo: null,
  })
  expect(offers.filter(({ kind }) => kind === 'undo')).toEqual([])
  expect([await billed(harness, acme?.subscription ?? ''), charges(harness).length]).toEqual([[[1_200, 5]], before])

  await nextPeriod()
  expect([await billed(harness, acme?.subscription ?? ''), charges(harness).slice(before)]).toEqual([
    [[1_500, 5]],
    [7_500],
  ])
  expect(await reprice('apply')).toEqual([])
  expect((await state()).pending).toBeNull()
  expect(harness.failures).toEqual([])
})

test('what the account chooses meanwhile goes on, and the new price with it', async () => {
  const { harness, accounts, as, reprice, state, nextPeriod } = await opened()
  const [acme] = accounts
  await reprice('apply')
  const priya = as('acme', 'priya')
  const more = await buy(priya, { kind: 'add', quantity: 2 })
  expect(more.quote.recurring.amount).toBe(7 * 1_500)
  expect(more.quote.notices).toEqual(['From April 12 on, Starter costs $15.00 a seat.'])
  const fewer = await buy(priya, { kind: 'remove', quantity: 3 })
  expect(fewer.quote.recurring.amount).toBe(4 * 1_500)
  expect((await state()).pending).toMatchObject({ kind: 'remove', quantity: 4, price: { amount: 1_500 } })
  // Taking back what was chosen does not take back what was not.
  const back = await buy(priya, { kind: 'undo' })
  expect([back.quote.recurring.amount, back.upgrade.status]).toEqual([7 * 1_500, 'applied'])
  expect((await state()).pending).toMatchObject({ kind: 'reprice', quantity: 7, undo: null })
  await expect(refusalOf(priya, { kind: 'undo' })).rejects.toThrow('no offer to undo')
  await nextPeriod()
  expect([await billed(harness, acme?.subscription ?? ''), charges(harness).at(-1)]).toEqual([[[1_500, 7]], 7 * 1_500])
})

test('fewer seats that wait already are kept, at the new price', async () => {
  const { harness, accounts, as, reprice, nextPeriod } = await opened()
  await buy(as('acme', 'priya'), { kind: 'remove', quantity: 2 })
  expect(await reprice('apply')).toMatchObject([{ state: 'moved' }])
  await nextPeriod()
  expect(await billed(harness, accounts[0]?.subscription ?? '')).toEqual([[1_500, 3]])
  expect(charges(harness).at(-1)).toBe(3 * 1_500)
})

test('at once, with the difference charged to the cent, or free until the renewal', async () => {
  const { harness, accounts, reprice, nextPeriod } = await opened([{}, { id: 'birch' }])
  const before = charges(harness).length
  const difference = Math.round((7_500 * 21) / 31) - Math.round((6_000 * 21) / 31)
  const due = { dueNow: { amount: difference } }
  expect(await reprice('look', { when: 'now', accounts: ['acme'] })).toMatchObject([{ ...row, state: 'moves', ...due }])
  expect(await reprice('apply', { when: 'now', accounts: ['acme'] })).toMatchObject([{ state: 'moved', ...due }])
  expect(await reprice('apply', { when: 'now_free' })).toMatchObject([
    { account: 'birch', state: 'moved', dueNow: null },
  ])
  for (const { subscription } of accounts) expect(await billed(harness, subscription)).toEqual([[1_500, 5]])
  expect(charges(harness).slice(before)).toEqual([difference])
  await nextPeriod()
  expect(charges(harness).slice(before)).toEqual([difference, 7_500, 7_500])
  expect(harness.failures).toEqual([])
})

test('a card that is declined changes nothing, and nothing is left open', async () => {
  const { harness, accounts, reprice, state } = await opened([{ card: 'pm_card_chargeCustomerFail' }])
  expect(await reprice('apply', { when: 'now' })).toMatchObject([
    { state: 'failed', reason: expect.stringMatching(/Nothing was charged/) },
  ])
  const { items, pending_update } = await harness.stripe.subscriptions.retrieve(accounts[0]?.subscription ?? '')
  expect([items.data[0]?.price.unit_amount, pending_update]).toEqual([1_200, null])
  expect((await state()).upgrade).toBeNull()
  expect(await reprice('look')).toMatchObject([{ state: 'moves' }])
})

test('who is not ours to move stays: a price of its own, an end, another plan that waits, a contract, another’s schedule', async () => {
  const ids = ['ends', 'other', 'contract', 'schedule', 'invoice']
  const { harness, accounts, as, host, reprice, told } = await opened([...ids, 'own', 'moves'].map((id) => ({ id })))
  const { stripe, prices } = harness
  const of = (id: string) => accounts.find((account) => account.id === id)?.subscription ?? ''
  await buy(as('ends', 'priya'), { kind: 'cancel' })
  await buy(as('other', 'priya'), { kind: 'switch', title: 'Starter', interval: 'year', quantity: 5 })
  await host.ok('PUT', '/accounts/contract', { contractRenewsAt: '2027-09-01T00:00:00Z' })
  await stripe.subscriptionSchedules.create({ from_subscription: of('schedule') })
  await stripe.subscriptions.update(of('invoice'), { collection_method: 'send_invoice', days_until_due: 30 })
  // Agreed with this customer alone, and marked so that it gives the plan.
  const agreed = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1_000,
    recurring: { interval: 'month' },
    product: 'softgate_starter',
    metadata: { softgate_custom: 'softgate_starter_month_usd' },
  })
  const own = await stripe.subscriptions.retrieve(of('own'))
  await stripe.subscriptions.update(own.id, {
    items: [{ id: own.items.data[0]?.id ?? '', price: agreed.id, quantity: 5 }],
    proration_behavior: 'none',
  })
  await told()
  expect((await as('own', 'priya').ok<State>('GET', '/state')).account.plan.key).toBe('starter')
  const rows = await reprice('apply')
  const reasons = Object.fromEntries(rows.map(({ account, state, reason }) => [account, `${state} ${reason ?? ''}`]))
  expect(reasons).toEqual({
    ends: 'kept It ends on April 12.',
    contract: 'kept Its contract holds until September 1.',
    schedule: expect.stringContaining('kept A schedule at Stripe manages this subscription.'),
    invoice: expect.stringContaining('kept The customer pays by invoice.'),
    own: `kept It has a price of its own, ${agreed.id}.`,
    moves: 'moved ',
  })
  expect(await billed(harness, of('own'))).toEqual([[1_000, 5]])
  expect(prices.get('softgate_starter_month_usd')).not.toBe(agreed.id)
})

test('a lower plan that waits takes its account off the price by itself', async () => {
  const config = starterAt(1_500)
  const { professional } = config.plans
  const [month] = professional?.prices ?? []
  if (!professional || !month) throw new Error('TeamFlow sells no Professional')
  const { interval, currency, per } = month
  const dearer = { ...professional, prices: [{ interval, currency, per, unitAmount: 2_500 }] }
  const { as, reprice } = await opened([{ plan: 'professional' }], {
    config: { ...config, plans: { ...config.plans, professional: dearer } },
  })
  await buy(as('acme', 'priya'), { kind: 'switch', title: 'Starter', interval: 'month' })
  expect(await reprice('apply', { plan: 'professional' })).toMatchObject([
    { state: 'kept', reason: 'It changes to Starter by the month on April 12.' },
  ])
})

test('a plan that is not pushed, not sold or not known moves nobody', async () => {
  const { harness, host } = await opened()
  const later = await harness.again({ config: starterAt(1_800) })
  const unpushed = createApi((url, init) => later.app.request(url, init), '/v1', secretKey)
  const body = { plan: 'starter', when: 'renewal', mode: 'apply' }
  expect(await unpushed.refused('POST', '/admin/reprice', body)).toMatchObject({
    code: 'subscription_not_ready',
    detail: 'Stripe sells starter at another price. Run "softgate push" first.',
  })
  for (const plan of ['enterprise', 'gone'])
    expect(await host.refused('POST', '/admin/reprice', { ...body, plan })).toMatchObject({ code: 'plan_unknown' })
})

for (const when of ['renewal', 'now'] as const)
  test(`moved ${when}, cut at every call that writes and asked for again: each subscriber moves once, in the end all have`, async () => {
    const { harness, line, softgate, host, reprice } = await opened([], { line: true })
    if (!line) throw new Error('the harness opened no line')
    const older = harness.prices.get('softgate_starter_month_usd') ?? ''
    await harness.stripe.prices.update(older, { active: true })
    /** Returns the calls that wrote something, by their place. */
    const attempt = async (id: string, cut: number | null): Promise<number[]> => {
      const { customer, subscription } = await harness.stripe.customers
        .create({ name: id })
        .then(async ({ id: made }) => {
          const method = await harness.stripe.paymentMethods.attach('pm_card_visa', { customer: made })
          await harness.stripe.customers.update(made, { invoice_settings: { default_payment_method: method.id } })
          const items = [{ price: older, quantity: 5 }]
          const { id: subscribed } = await harness.stripe.subscriptions.create({ customer: made, items })
          return { customer: made, subscription: subscribed }
        })
      await host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: customer })
      const before = charges(harness).length
      line.heal()
      if (cut !== null) line.cut(cut, 'dead_after')
      await host('POST', '/admin/reprice', { plan: 'starter', when, mode: 'apply', accounts: [id] })
      const calls = line.calls().flatMap((call, place) => (call.startsWith('POST') ? [place] : []))
      line.heal()
      // As a restart does, and then whoever called it before.
      await softgate.services.sweep()
      await reprice('apply', { when, accounts: [id] })
      const { items, schedule, pending_update } = await harness.stripe.subscriptions.retrieve(subscription, {
        expand: ['schedule'],
      })
      const waits = typeof schedule === 'object' ? schedule?.metadata?.softgate_repriced_0 : undefined
      expect(pending_update).toBeNull()
      expect([items.data[0]?.price.unit_amount, waits !== undefined, charges(harness).length - before]).toEqual(
        when === 'renewal' ? [1_200, true, 0] : [1_500, false, 1],
      )
      return calls
    }
    const calls = await attempt('whole', null)
    expect(calls.length).toBeGreaterThan(2)
    for (const cut of calls) await attempt(`cut_${cut}`, cut)
    expect(harness.failures.filter((failure) => failure.startsWith('comparing'))).toEqual([])
  })

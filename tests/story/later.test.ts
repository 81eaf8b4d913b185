import type { Decision, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy, offerOf, quoteFor, refusalOf } from '../support/buying.ts'
import { day, type Harness, hour, minute, openHarness, subscribe, useCard } from '../support/harness.ts'

const limit = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })).limit
const charges = ({ sandbox }: Harness) => sandbox.control.journal().filter((entry) => entry.kind === 'charge')

/** Five seats of a plan, three of them taken, ten days into the month. */
async function opened(spec: Parameters<typeof subscribe>[1] = {}) {
  const harness = await openHarness()
  const account = await subscribe(harness, { taken: 3, ...spec })
  await harness.clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const state = () => priya().ok<State>('GET', '/state')
  /** Lets the present period end, and the news of it arrive. */
  const nextPeriod = async (): Promise<void> => {
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  return { harness, ...account, priya, state, nextPeriod }
}

test('fewer seats wait for the end of the period: quoted at nothing now, shown as pending, then in force', async () => {
  const { harness, priya, state, nextPeriod, subscription } = await opened()
  const before = charges(harness).length
  const { quote, upgrade } = await buy(priya(), { kind: 'remove', quantity: 2 })
  expect(quote).toMatchObject({
    quantity: 2,
    dueNow: { amount: 0 },
    lines: [],
    recurring: { amount: 3_600 },
    previous: { amount: 6_000 },
    nextInvoice: { at: '2027-04-12T14:00:00.000Z', total: { amount: 3_600 } },
    effectiveAt: '2027-04-12T14:00:00.000Z',
    notices: ['Takes effect on April 12. Until then nothing changes and nothing is charged.'],
  })
  expect(upgrade).toMatchObject({ status: 'applied', invoice: null })
  expect((await state()).pending).toMatchObject({
    kind: 'remove',
    title: 'Starter, 3 seats, by the month, from April 12',
    at: '2027-04-12T14:00:00.000Z',
    quantity: 3,
    undo: { kind: 'undo' },
  })
  expect([await limit(harness), charges(harness).length]).toEqual([5, before])

  await nextPeriod()
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  expect([items.data[0]?.quantity, await limit(harness), charges(harness).at(-1)?.amount]).toEqual([3, 3, 3_600])
  expect((await state()).pending).toBeNull()
  expect(harness.failures).toEqual([])
})

test('more seats while fewer wait: what is said of the next invoice is what it comes to', async () => {
  const { harness, priya, nextPeriod } = await opened()
  await buy(priya(), { kind: 'remove', quantity: 1 })
  const { quote } = await buy(priya(), { kind: 'add', quantity: 1 })
  expect(quote).toMatchObject({
    recurring: { amount: 7_200 },
    nextInvoice: { total: { amount: 7_200 } },
    notices: ['The change that waits for April 12 no longer takes place.'],
  })
  await nextPeriod()
  expect([charges(harness).at(-1)?.amount, await limit(harness)]).toEqual([7_200, 6])
})

test('what waits can be undone, and everything renews as it was', async () => {
  const { harness, priya, state, nextPeriod } = await opened()
  await buy(priya(), { kind: 'remove', quantity: 2 })
  const { quote, upgrade } = await buy(priya(), { kind: 'undo' })
  expect([quote.dueNow.amount, quote.recurring.amount, upgrade.status]).toEqual([0, 6_000, 'applied'])
  expect((await state()).pending).toBeNull()
  await nextPeriod()
  expect([await limit(harness), charges(harness).at(-1)?.amount]).toEqual([5, 6_000])
})

test('a lower plan waits for the end of the period; more seats meanwhile are paid now and keep it waiting', async () => {
  const { harness, priya, state, nextPeriod, subscription } = await opened({ plan: 'professional' })
  await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month' })
  expect((await state()).pending).toMatchObject({ kind: 'switch', plan: { key: 'starter' }, quantity: 5 })
  const { quote, upgrade } = await buy(priya(), { kind: 'add', quantity: 2 })
  expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect(quote.dueNow.amount).toBeGreaterThan(0)
  expect(quote.notices).toEqual(['The change that waits for April 12 still takes place.'])
  expect(quote.recurring.amount).toBe(7 * 1_200)
  expect(await limit(harness)).toBe(7)
  expect((await state()).pending).toMatchObject({ plan: { key: 'starter' }, quantity: 7 })
  await nextPeriod()
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  expect(items.data.map(({ price, quantity }) => [price.lookup_key, quantity])).toEqual([
    ['softgate_starter_month_usd', 7],
  ])
  expect(await state()).toMatchObject({ account: { plan: { key: 'starter' } }, pending: null })
  expect(harness.failures).toEqual([])
})

test('more seats take the place of fewer that waited', async () => {
  const { priya, state } = await opened()
  await buy(priya(), { kind: 'remove', quantity: 1 })
  const { quote } = await buy(priya(), { kind: 'add', quantity: 1 })
  expect(quote.notices).toEqual(['The change that waits for April 12 no longer takes place.'])
  expect((await state()).pending).toBeNull()
})

test('an upgrade that is never paid puts back what waited', async () => {
  const { harness, priya, state } = await opened({ card: 'pm_card_authenticationRequired' })
  await buy(priya(), { kind: 'remove', quantity: 1 })
  const { upgrade } = await buy(priya(), { kind: 'switch', title: 'Professional', interval: 'month' })
  expect(upgrade.status).toBe('requires_action')
  await priya().ok('DELETE', `/upgrades/${upgrade.id}`)
  expect((await state()).pending).toMatchObject({ kind: 'remove', plan: { key: 'starter' }, quantity: 4 })
  expect(harness.failures).toEqual([])
})

test('an upgrade that is still not paid when the period is about to end makes way, so that what waited comes in time', async () => {
  const { harness, priya, state, subscription, customer } = await opened({ plan: 'professional' })
  const { clock, sandbox, softgate, stripe } = harness
  await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month' })
  const { items } = await stripe.subscriptions.retrieve(subscription)
  const end = (items.data[0]?.current_period_end ?? 0) * 1_000
  const until = async (at: number): Promise<void> => {
    await clock.advance(at - clock.now())
    await sandbox.clock.advance(0)
    await softgate.services.sweep()
  }
  await until(end - 2 * hour)
  await useCard(harness, customer, 'pm_card_authenticationRequired')
  const { upgrade } = await buy(priya(), { kind: 'add', title: 'Seats', quantity: 200 })
  await until(end - 11 * minute)
  expect([upgrade.status, (await state()).upgrade?.status]).toEqual(['requires_action', 'requires_action'])
  await until(end - 9 * minute)
  expect(await priya().ok('GET', `/upgrades/${upgrade.id}`)).toMatchObject({ status: 'expired' })
  await useCard(harness, customer, 'pm_card_visa')
  const before = charges(harness).length
  await until(end + minute)
  expect(charges(harness).slice(before)).toMatchObject([{ amount: 6_000 }])
  expect([(await state()).account.plan.key, await limit(harness), harness.failures]).toEqual(['starter', 5, []])
})

test('a schedule that somebody else made is never touched, and the reason says what to do', async () => {
  const { harness, priya, subscription } = await opened()
  const foreign = await harness.stripe.subscriptionSchedules.create({ from_subscription: subscription })
  for (const kind of ['add', 'remove', 'cancel'] as const)
    expect(await refusalOf(priya(), { kind })).toMatchObject({
      code: 'subscription_not_ready',
      detail: expect.stringContaining('A schedule at Stripe'),
    })
  expect((await harness.stripe.subscriptionSchedules.retrieve(foreign.id)).status).toBe('active')
})

test('fewer seats than are taken are refused with how many are too many, or allowed with grace', async () => {
  const { priya } = await opened({ taken: 4 })
  expect(await refusalOf(priya(), { kind: 'remove', quantity: 2 })).toMatchObject({
    code: 'below_use',
    detail: 'Seats: 4 seats in use, 3 would be left, 1 too many. Free what is too many first.',
  })
  expect((await quoteFor(priya(), { kind: 'remove', quantity: 1 })).effectiveAt).toBe('2027-04-12T14:00:00.000Z')
})

test('a cancellation ends the plan with the period, costs nothing, and is taken back by resuming', async () => {
  const { harness, priya, state, nextPeriod } = await opened()
  const { quote, upgrade } = await buy(priya(), { kind: 'cancel' })
  expect(quote).toMatchObject({
    dueNow: { amount: 0 },
    recurring: { amount: 0 },
    effectiveAt: '2027-04-12T14:00:00.000Z',
    notices: [
      'Starter ends on April 12. Until then everything stays as it is, and nothing more is charged.',
      'Then Free applies.',
    ],
  })
  expect(upgrade.status).toBe('applied')
  const canceling = await state()
  expect(canceling.pending).toMatchObject({
    kind: 'cancel',
    title: 'Starter ends on April 12',
    undo: { kind: 'resume' },
  })
  expect(canceling.offers.map((offer) => offer.kind)).toEqual(['resume'])
  const resumed = await buy(priya(), { kind: 'resume' })
  expect([resumed.quote.dueNow.amount, resumed.quote.recurring.amount]).toEqual([0, 6_000])
  expect((await state()).pending).toBeNull()

  await buy(priya(), { kind: 'cancel' })
  await nextPeriod()
  expect(await state()).toMatchObject({ account: { plan: { key: 'free' } }, pending: null })
  expect(harness.failures).toEqual([])
})

test('a cancellation that the portal made by date is resumed the way it was made, also in classic billing', async () => {
  const { harness, priya, subscription } = await opened()
  await harness.stripe.subscriptions.update(subscription, { cancel_at: 'min_period_end' })
  await harness.sandbox.control.webhooks.flush()
  await expect.poll(async () => (await priya().ok<State>('GET', '/state')).pending?.kind).toBe('cancel')
  await buy(priya(), { kind: 'resume' })
  const after = await harness.stripe.subscriptions.retrieve(subscription)
  expect([after.cancel_at, after.cancel_at_period_end]).toEqual([null, false])
  expect((await offerOf(priya(), { kind: 'cancel' })).title).toBe('Starter')
})

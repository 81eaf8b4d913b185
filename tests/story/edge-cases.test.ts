import type { AccessRequest, GateAnswer, State, VendorRequestsAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Api } from '../support/api.ts'
import { buy, offerOf, quoteFor, refusalOf } from '../support/buying.ts'
import { openFree } from '../support/checkout.ts'
import { charges, limit, opened } from '../support/edge-cases.ts'
import { day, hour, minute, openHarness, subscribe, useCard } from '../support/harness.ts'

/** The ways in which an upgrade can go wrong, each by its name; what takes more than a few lines has a file of its own. */

const add = { kind: 'add', quantity: 2 } as const

test('case 1, a double click in two tabs: one charge, one answer', async () => {
  const { harness, priya, confirm, before } = await opened()
  const quote = await quoteFor(priya(), add)
  const answers = await Promise.all([confirm(quote), confirm(quote)])
  expect(answers[0]).toEqual(answers[1])
  expect(charges(harness)).toHaveLength(before + 1)
})

test('case 2, two admins add seats at once: the second is asked again, and nothing adds up by accident', async () => {
  const { harness, priya, confirm, refused } = await opened()
  const [first, second] = [await quoteFor(priya(), add), await quoteFor(priya(), add)]
  await confirm(first)
  expect((await refused(second)).code).toBe('quote_stale')
  expect(await limit(harness)).toBe(7)
})

test('case 3, the same change twice in a row is two changes: no key is made of a quantity', async () => {
  const { harness, priya } = await opened()
  await buy(priya(), { kind: 'add', quantity: 1 })
  await buy(priya(), { kind: 'add', quantity: 1 })
  expect(await limit(harness)).toBe(7)
})

test('case 4, a key that was used for something else: refused, and nothing is charged', async () => {
  const { harness, subscription, priya, refused, before } = await opened()
  const quote = await quoteFor(priya(), add)
  const key = { idempotencyKey: `softgate_${quote.id}` }
  await harness.stripe.subscriptions.update(subscription, { metadata: { other: 'use' } }, key)
  expect((await refused(quote)).code).toBe('billing_refused')
  expect([charges(harness).length, await limit(harness)]).toEqual([before, 5])
})

test('case 5, the reply is lost after Stripe did it: found again, charged once', async () => {
  const { harness, priya, confirm, before } = await opened()
  const quote = await quoteFor(priya(), add)
  harness.sandbox.control.failNext({ kind: 'reset_after', match: { method: 'POST', path: '/v1/subscriptions' } })
  await confirm(quote)
  expect(await confirm(quote)).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect(charges(harness)).toHaveLength(before + 1)
})

test('case 6, seats are taken between quote and click: fewer than are in use is refused at the click', async () => {
  const { harness, priya, refused } = await opened()
  const quote = await quoteFor(priya(), { kind: 'remove', quantity: 2 })
  const time = new Date(harness.clock.now()).toISOString()
  const taken = { id: 'more', account: 'acme', name: 'seats_taken', feature: 'seats', set: 4, time }
  await harness.host.ok('POST', '/events', { events: [taken] })
  expect(await refused(quote)).toMatchObject({ code: 'below_use', detail: expect.stringContaining('1 too many') })
  expect((await priya().ok<State>('GET', '/state')).pending).toBeNull()
})

test('case 7, the bank wants to see the user: a state of its own, no error, and nothing is given before', async () => {
  const { harness, priya } = await opened({ card: 'pm_card_authenticationRequired' })
  const { upgrade } = await buy(priya(), add)
  expect(upgrade).toMatchObject({ status: 'requires_action', clientSecret: expect.any(String) })
  expect([await limit(harness), harness.failures]).toEqual([5, []])
})

test('case 8, the card is declined: said in words, and another card pays the same quote', async () => {
  const { harness, customer, priya, confirm } = await opened({ card: 'pm_card_chargeCustomerFail' })
  const { quote, upgrade } = await buy(priya(), add)
  expect(upgrade).toMatchObject({
    status: 'payment_failed',
    reason: { detail: expect.stringContaining('Nothing was') },
  })
  await useCard(harness, customer, 'pm_card_visa')
  expect(await confirm(quote)).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
})

test('case 9, a change waits for its payment already: the same one is taken up, another has to wait', async () => {
  const { priya, confirm, refused } = await opened({ card: 'pm_card_authenticationRequired' })
  const { quote, upgrade } = await buy(priya(), add)
  expect((await confirm(quote)).clientSecret).toBe(upgrade.clientSecret)
  expect((await refused(await quoteFor(priya(), { kind: 'add', quantity: 1 }))).code).toBe('upgrade_open')
})

test('case 9, what waits for its payment was changed at Stripe: the user reads that it goes, and it is not charged', async () => {
  const { harness, customer, subscription, priya, before } = await opened({ card: 'pm_card_authenticationRequired' })
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  const { pending_update } = await harness.stripe.subscriptions.update(subscription, {
    items: [{ id: items.data[0]?.id ?? '', quantity: 9 }],
    payment_behavior: 'pending_if_incomplete',
    proration_behavior: 'always_invoice',
  })
  expect(pending_update).not.toBeNull()
  await useCard(harness, customer, 'pm_card_visa')
  const { quote, upgrade } = await buy(priya(), add)
  expect(quote.notices).toContain(
    'Another change, made elsewhere, waits for its payment. It no longer takes place, and is not charged.',
  )
  expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect([charges(harness).slice(before), await limit(harness)]).toEqual([[quote.dueNow.amount], 7])
})

test('case 10, a payment that is never completed expires, and the next one may begin', async () => {
  const { harness, customer, priya } = await opened({ card: 'pm_card_authenticationRequired' })
  const { upgrade } = await buy(priya(), add)
  await harness.clock.advance(24 * hour)
  expect(await priya().ok('GET', `/upgrades/${upgrade.id}`)).toMatchObject({ status: 'expired' })
  await useCard(harness, customer, 'pm_card_visa')
  expect((await buy(priya(), add)).upgrade.status).toBe('applied')
})

test('case 11, an invoice is unpaid: no credit for unpaid time, the way is to pay it first; leaving stays open', async () => {
  const { harness, priya, told } = await opened({ card: 'pm_card_chargeCustomerFail' })
  const offer = await offerOf(priya(), add)
  await harness.clock.advance(22 * day)
  await told()
  expect(await priya().refused('POST', '/quotes', { offer: offer.id, quantity: 1 })).toMatchObject({
    code: 'subscription_not_ready',
    detail: 'An invoice is unpaid. Pay it first.',
  })
  const { offers } = await priya().ok<State>('GET', '/state')
  expect(offers.map(({ kind }) => kind)).toEqual(['cancel'])
  const { prompt } = await priya().ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 3 })
  expect(prompt).toMatchObject({ way: 'pay', offer: null })
})

test('case 12, the first payment was never completed: nothing is changed, and nothing begun beside it', async () => {
  const harness = await openHarness()
  await openFree(harness)
  const customer = await harness.stripe.customers.create({ name: 'Birch' })
  await useCard(harness, customer.id, 'pm_card_authenticationRequired')
  const price = harness.prices.get('softgate_starter_month_usd') ?? ''
  await harness.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price, quantity: 2 }],
    payment_behavior: 'default_incomplete',
  })
  const ben = harness.as('birch', 'ben')
  const offer = await offerOf(ben, { kind: 'switch', title: 'Starter' })
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer.id })
  expect((await ben.ok<State>('GET', '/state')).offers).toEqual([])
  expect((await ben.refused('POST', '/quotes', { offer: offer.id })).code).toBe('offer_unknown')
})

test('case 13, in a trial a change is free until the trial ends', async () => {
  const { harness, subscription, priya, told } = await opened()
  const end = Math.floor((harness.clock.now() + 5 * day) / 1_000)
  await harness.stripe.subscriptions.update(subscription, { trial_end: end, proration_behavior: 'none' })
  await told()
  const { quote, upgrade } = await buy(priya(), add)
  expect([quote.dueNow.amount, upgrade.status, await limit(harness)]).toEqual([0, 'applied', 7])
})

test('case 14, it ends with its period: an upgrade does not bring it back by accident, resuming does', async () => {
  const { harness, subscription, priya, told } = await opened()
  const offer = await offerOf(priya(), add)
  await harness.stripe.subscriptions.update(subscription, { cancel_at_period_end: true })
  await told()
  const ends = await priya().refused('POST', '/quotes', { offer: offer.id, quantity: 1 })
  expect(ends.detail).toBe('The subscription ends soon. Resume it first.')
  await buy(priya(), { kind: 'resume' })
  expect((await buy(priya(), add)).upgrade.status).toBe('applied')
})

test('case 15, a schedule is attached: ours makes way and comes back, a foreign one is left alone', async () => {
  const { harness, subscription, priya } = await opened({ plan: 'professional' })
  await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month' })
  await buy(priya(), add)
  expect((await priya().ok<State>('GET', '/state')).pending).toMatchObject({ plan: { key: 'starter' }, quantity: 7 })
  await buy(priya(), { kind: 'undo' })
  await harness.stripe.subscriptionSchedules.create({ from_subscription: subscription })
  expect((await refusalOf(priya(), add)).detail).toMatch(/A schedule at Stripe manages/)
})

test('case 16, the customer pays by invoice: nothing is offered, admins ask the vendor, and the vendor hears of it', async () => {
  const { harness, subscription, priya, told } = await opened()
  const offer = await offerOf(priya(), add)
  const byInvoice = { collection_method: 'send_invoice', days_until_due: 30 } as const
  await harness.stripe.subscriptions.update(subscription, byInvoice)
  await told()
  expect((await priya().refused('POST', '/quotes', { offer: offer.id, quantity: 1 })).detail).toMatch(/pays by invoice/)
  expect((await priya().ok<State>('GET', '/state')).offers).toEqual([])
  const { prompt } = await priya().ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 3 })
  const copy = { body: 'Your plan is billed by invoice. Ask our team for a quote.', action: 'Ask for a quote' }
  expect(prompt).toMatchObject({ way: 'ask', offer: null, copy })
  const sam = harness.as('acme', 'sam', [])
  expect((await sam.ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 3 })).prompt?.copy.action).toBe(
    'Ask an admin',
  )
  const asksVendor = async (user: Api) => (await user.ok<State>('GET', '/state')).asksVendor
  expect([await asksVendor(priya()), await asksVendor(sam)]).toEqual([true, undefined])

  await sam.ok('POST', '/requests', { feature: 'seats', quantity: 1 })
  const asked = await priya().ok<AccessRequest>('POST', '/requests', { feature: 'seats', quantity: 3, note: 'In May' })
  const inbox = async () => (await harness.host.ok<VendorRequestsAnswer>('GET', '/admin/requests')).requests
  expect(await inbox()).toEqual([{ ...asked, account: 'acme', accountName: 'acme', updatedAt: asked.createdAt }])
  await harness.stripe.subscriptions.update(subscription, { collection_method: 'charge_automatically' })
  await told()
  expect([await inbox(), await asksVendor(priya())]).toEqual([[], undefined])
})

test('case 17, collection is paused: nothing is changed, and the way out is said', async () => {
  const { harness, subscription, priya } = await opened()
  const offer = await offerOf(priya(), add)
  await harness.stripe.subscriptions.update(subscription, { pause_collection: { behavior: 'void' } })
  expect((await priya().refused('POST', '/quotes', { offer: offer.id, quantity: 1 })).detail).toMatch(/Resume the sub/)
})

test('case 17, what was paused is cancelled: it has ended, whatever pauses keep, and another may begin', async () => {
  const payment = { ...teamflow.payment, paused: 'keep' as const }
  const harness = await openHarness({ config: { ...teamflow, payment } })
  const { subscription } = await subscribe(harness)
  const { stripe, host, sandbox, softgate } = harness
  const planAfter = async (asked: Promise<unknown>) => {
    await asked
    await sandbox.control.webhooks.flush()
    await softgate.services.sweep()
    return (await harness.as('acme', 'priya').ok<State>('GET', '/state')).account.plan.key
  }
  const pause = { pause_collection: { behavior: 'void' as const } }
  expect(await planAfter(stripe.subscriptions.update(subscription, pause))).toBe('starter')
  expect(await planAfter(stripe.subscriptions.cancel(subscription))).toBe('free')
  expect(await planAfter(host.ok('PUT', '/accounts/acme', { plan: 'professional' }))).toBe('professional')
})

test('case 18, another interval in flexible billing cannot be pinned to an instant: quoted is charged all the same', async () => {
  const { harness, priya, confirm } = await opened({ seats: 60 })
  const quote = await quoteFor(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
  await harness.clock.advance(9 * minute)
  expect((await confirm(quote)).status).toBe('applied')
  expect(charges(harness).at(-1)).toBe(quote.dueNow.amount)
})

test('case 19, another price would reset the quantity to 1: it is always sent', async () => {
  const { harness, priya } = await opened()
  await buy(priya(), { kind: 'switch', title: 'Professional', interval: 'month' })
  expect(await limit(harness)).toBe(5)
})

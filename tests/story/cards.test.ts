import type { Quote, SavedCard, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { offerOf } from '../support/buying.ts'
import { chargesOf } from '../support/checkout.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'

const good = 'pm_card_visa'
const bad = 'pm_card_chargeCustomerFail'

interface Town extends Harness {
  customer: string
  subscription: string
}

/** Acme, whose subscription is paid with `card`. */
async function opened(card = good): Promise<Town> {
  const harness = await openHarness()
  const { customer, subscription } = await subscribe(harness, { card })
  await harness.clock.advance(10 * day)
  return { ...harness, customer, subscription }
}

const priya = (harness: Harness) => harness.as('acme', 'priya')

/** Saves one more card, which its owner has agreed to see again unless told otherwise. */
async function save({ stripe, customer }: Town, token: string, allow_redisplay: 'always' | 'limited' = 'always') {
  const { id } = await stripe.paymentMethods.attach(token, { customer })
  await stripe.paymentMethods.update(id, { allow_redisplay })
  return id
}

async function quoteSeat(harness: Harness, more: { card?: string } = {}): Promise<Quote> {
  const { offers } = await priya(harness).ok<State>('GET', '/state')
  return priya(harness).ok<Quote>('POST', '/quotes', { offer: offers.find(({ kind }) => kind === 'add')?.id, ...more })
}

const buy = (harness: Harness, { id }: Quote) => priya(harness).ok<Upgrade>('POST', '/upgrades', { quote: id })
const payBy = (harness: Harness, { id }: Upgrade, body: { card?: string; keep?: boolean }) =>
  priya(harness).ok<Upgrade>('POST', `/upgrades/${id}/card`, body)
const lastPaidWith = async ({ stripe, customer }: Town): Promise<unknown> => {
  const { data } = await stripe.paymentIntents.list({ customer, limit: 1 })
  return data[0]?.payment_method
}
const cardOf = async ({ stripe, subscription }: Town): Promise<unknown> =>
  (await stripe.subscriptions.retrieve(subscription)).default_payment_method

test('a quote lists the cards of its own account that may be shown again, the present one first, where there are two', async () => {
  const town = await opened()
  await subscribe(town, { id: 'birch' })
  expect((await quoteSeat(town)).cards).toBeUndefined()
  await save(town, 'pm_card_visa', 'limited')
  expect((await quoteSeat(town)).cards).toBeUndefined()
  const id = await save(town, 'pm_card_mastercard')
  const { cards, paymentMethod } = await quoteSeat(town)
  expect(cards?.map(({ brand, last4 }: SavedCard) => `${brand} ${last4}`)).toEqual(['visa 4242', 'mastercard 4444'])
  expect(cards?.[1]?.id).toBe(id)
  expect(paymentMethod).toMatchObject({ brand: 'visa', last4: '4242' })
})

test('the chosen card pays, and pays from then on', async () => {
  const town = await opened()
  const card = await save(town, 'pm_card_mastercard')
  const quote = await quoteSeat(town, { card })
  expect(quote.paymentMethod).toMatchObject({ brand: 'mastercard' })
  const before = chargesOf(town).length
  expect(await buy(town, quote)).toMatchObject({ status: 'applied' })
  expect([chargesOf(town).length, await lastPaidWith(town), await cardOf(town)]).toEqual([before + 1, card, card])
  expect(town.failures).toEqual([])
})

test('a card of nobody, of another account, or not to be shown is refused, and nothing changes', async () => {
  const town = await opened()
  const other = await subscribe(town, { id: 'birch' })
  const theirs = await save({ ...town, ...other }, 'pm_card_mastercard')
  const hidden = await save(town, 'pm_card_mastercard', 'limited')
  const { offers } = await priya(town).ok<State>('GET', '/state')
  const offer = offers.find(({ kind }) => kind === 'add')?.id
  for (const card of ['pm_made_up', theirs, hidden])
    expect((await priya(town).refused('POST', '/quotes', { offer, card })).code).toBe('card_unknown')
  expect(await cardOf(town)).toBeNull()
})

test('a chosen card that is declined pays nothing, and the former one is back once the purchase is canceled', async () => {
  const town = await opened()
  const card = await save(town, bad)
  const upgrade = await buy(town, await quoteSeat(town, { card }))
  expect(upgrade).toMatchObject({ status: 'payment_failed' })
  const before = chargesOf(town).length
  await priya(town).ok('DELETE', `/upgrades/${upgrade.id}`)
  expect(chargesOf(town)).toHaveLength(before)
  const { cards, paymentMethod } = await quoteSeat(town)
  expect(paymentMethod).toMatchObject({ last4: '4242' })
  expect(cards).toHaveLength(2)
})

test('a lost reply after the card was changed is neither stale nor charged twice', async () => {
  const town = await opened()
  const card = await save(town, 'pm_card_mastercard')
  const quote = await quoteSeat(town, { card })
  const before = chargesOf(town).length
  town.sandbox.control.failNext({
    kind: 'error_500_after',
    match: { method: 'POST', path: `/v1/subscriptions/${town.subscription}` },
  })
  await priya(town)('POST', '/upgrades', { quote: quote.id })
  expect(await buy(town, quote)).toMatchObject({ status: 'applied' })
  expect([chargesOf(town).length, await lastPaidWith(town)]).toEqual([before + 1, card])
})

for (const keep of [true, false])
  test(`after a decline a saved card pays the same upgrade, ${keep ? 'and later invoices' : 'and this one only'}`, async () => {
    const town = await opened(bad)
    const card = await save(town, 'pm_card_mastercard')
    const upgrade = await buy(town, await quoteSeat(town))
    expect(upgrade).toMatchObject({ status: 'payment_failed' })
    const before = chargesOf(town).length
    expect(await payBy(town, upgrade, { card, keep })).toMatchObject({ status: 'applied' })
    expect([chargesOf(town).length, await lastPaidWith(town)]).toEqual([before + 1, card])
    expect(await cardOf(town)).toBe(keep ? card : null)
    expect((await priya(town).refused('POST', `/upgrades/${upgrade.id}/card`, { card })).code).toBe('upgrade_closed')
  })

test('a card that is entered in the page and is to be kept is kept, by whomever the payment is heard of', async () => {
  const town = await opened(bad)
  const upgrade = await buy(town, await quoteSeat(town))
  expect(await payBy(town, upgrade, { keep: true })).toMatchObject({ status: 'payment_failed' })
  // What Stripe.js does with the fields of the page; nobody of ours is there.
  const method = await town.stripe.paymentMethods.attach('pm_card_mastercard', { customer: town.customer })
  const [intent] = (await town.stripe.paymentIntents.list({ customer: town.customer, limit: 1 })).data
  await town.stripe.paymentIntents.confirm(intent?.id ?? '', { payment_method: method.id })
  await expect.poll(() => cardOf(town)).toBe(method.id)
  expect(await priya(town).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).toMatchObject({ status: 'applied' })
})

test('after a second decline by hand nobody charges the first card behind the user’s back', async () => {
  const town = await opened(bad)
  const card = await save(town, bad)
  const upgrade = await buy(town, await quoteSeat(town))
  expect(await payBy(town, upgrade, { card })).toMatchObject({ status: 'payment_failed' })
  const good_ = await town.stripe.paymentMethods.attach(good, { customer: town.customer })
  await town.stripe.customers.update(town.customer, { invoice_settings: { default_payment_method: good_.id } })
  const before = chargesOf(town).length
  await town.softgate.services.sweep()
  expect(await priya(town).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).toMatchObject({ status: 'payment_failed' })
  expect(chargesOf(town)).toHaveLength(before)
})

test('a bank that wants to see the user asks about a saved card as well', async () => {
  const town = await opened(bad)
  const card = await save(town, 'pm_card_authenticationRequired')
  const upgrade = await buy(town, await quoteSeat(town))
  expect(await payBy(town, upgrade, { card })).toMatchObject({
    status: 'requires_action',
    clientSecret: expect.any(String),
  })
})

test('an upgrade says what it charges, from its first moment on, and what can pay it once a card was declined', async () => {
  const town = await opened(bad)
  const quote = await quoteSeat(town)
  const upgrade = await buy(town, quote)
  expect(upgrade).toMatchObject({ status: 'payment_failed', dueNow: quote.dueNow })
  expect(upgrade.cards, 'there is no other card').toBeUndefined()
  const card = await save(town, 'pm_card_mastercard')
  const worse = await save(town, bad)
  const found = await priya(town).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  const said = ({ cards = [] }: Upgrade) => cards.map(({ id, last4, declined }) => [last4, id === card, declined])
  expect(said(found)).toEqual([
    ['0341', false, true],
    ['0341', false, undefined],
    ['4444', true, undefined],
  ])
  expect((await priya(town).ok<State>('GET', '/state')).upgrade).toMatchObject({ dueNow: quote.dueNow })

  const again = await payBy(town, upgrade, { card: worse })
  expect(again.cards?.flatMap(({ id, declined }) => (declined ? [id] : []))).toEqual([worse])
  const paid = await payBy(town, upgrade, { card })
  expect([paid.status, paid.cards, paid.dueNow]).toEqual(['applied', undefined, quote.dueNow])
})

test('an upgrade whose cards cannot be looked up is answered without them', async () => {
  const town = await opened(bad)
  await save(town, 'pm_card_mastercard')
  const upgrade = await buy(town, await quoteSeat(town))
  town.sandbox.control.failNext({
    kind: 'error_500_after',
    match: { method: 'GET', path: `/v1/customers/${town.customer}/payment_methods` },
  })
  const found = await priya(town).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  expect([found.status, found.cards, town.failures.length]).toEqual(['payment_failed', undefined, 1])
  expect((await priya(town).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).cards).toHaveLength(2)
})

for (const keep of [false, true])
  test(`after a chosen card was declined the former one can pay, and pays later invoices ${keep ? 'when told to' : 'as before'}`, async () => {
    const town = await opened()
    await save(town, bad)
    const { cards = [] } = await quoteSeat(town)
    const [former, chosen] = cards.map(({ id }) => id)
    const upgrade = await buy(town, await quoteSeat(town, { card: chosen ?? '' }))
    expect(upgrade.cards?.map(({ id, declined }) => [id, declined])).toEqual([
      [former, undefined],
      [chosen, true],
    ])
    expect(await payBy(town, upgrade, { card: former ?? '', keep })).toMatchObject({ status: 'applied' })
    expect([await lastPaidWith(town), await cardOf(town)]).toEqual([former, former])
  })

test('the end of a trial is paid with the chosen card', async () => {
  const harness = await openHarness()
  const made = await subscribe(harness, { trialDays: 14 })
  const town = { ...harness, ...made }
  const card = await save(town, 'pm_card_mastercard')
  const { id: offer } = await offerOf(priya(town), { kind: 'convert' })
  const first = await priya(town).ok<Quote>('POST', '/quotes', { offer })
  expect([first.cards?.length, first.paymentMethod?.brand]).toEqual([2, 'visa'])
  const quote = await priya(town).ok<Quote>('POST', '/quotes', { offer, card })
  expect(quote.paymentMethod).toMatchObject({ brand: 'mastercard' })
  const before = chargesOf(town).length
  expect(await buy(town, quote)).toMatchObject({ status: 'applied' })
  expect(chargesOf(town).slice(before)).toEqual([quote.dueNow.amount])
  expect([await lastPaidWith(town), await cardOf(town)]).toEqual([card, card])
})

import { expect, test } from 'vitest'
import {
  charges,
  customer,
  DAY,
  latestInvoice,
  only,
  openShop,
  price,
  refusal,
  START,
  subscribed,
  useCard,
} from './shop.ts'

test('a subscription begins with a paid invoice for its first period', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(stripe, plan, 3)
  expect(subscription).toMatchObject({ status: 'active', billing_mode: { type: 'flexible' }, currency: 'usd' })
  expect(item.current_period_start).toBe(START / 1000)
  expect(item.current_period_end).toBe(Date.UTC(2026, 1, 20, 12) / 1000)
  const invoice = await latestInvoice(stripe, subscription)
  expect(invoice).toMatchObject({
    status: 'paid',
    billing_reason: 'subscription_create',
    total: 3000,
    amount_remaining: 0,
  })
  expect(only(invoice.lines.data)).toMatchObject({ description: '3 × Standard (at $10.00 / month)', quantity: 3 })
  expect(charges(sandbox)).toEqual([3000])
})

test('flexible billing is the default', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const owner = await customer(stripe)
  const made = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
  expect(made.billing_mode.type).toBe('flexible')
})

test('a first payment that fails leaves an incomplete subscription, which a good card completes', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const owner = await customer(stripe, 'pm_card_chargeCustomerFail')
  const made = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
  expect(made.status).toBe('incomplete')
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: owner.id })
  await stripe.invoices.pay(String(made.latest_invoice), { payment_method: card.id })
  expect((await stripe.subscriptions.retrieve(made.id)).status).toBe('active')
})

test('an incomplete subscription expires after 23 hours', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const owner = await customer(stripe, 'pm_card_authenticationRequired')
  const made = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
  await sandbox.clock.advance(23 * 3_600_000)
  expect((await stripe.subscriptions.retrieve(made.id)).status).toBe('incomplete_expired')
  expect((await stripe.invoices.retrieve(String(made.latest_invoice))).status).toBe('void')
})

test('default_incomplete waits for the customer', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const owner = await stripe.customers.create({})
  const made = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: plan.id }],
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice.confirmation_secret'],
  })
  expect(made.status).toBe('incomplete')
  expect(made.latest_invoice).toMatchObject({ status: 'open', confirmation_secret: { type: 'payment_intent' } })
  expect(charges(sandbox)).toEqual([])
})

test('error_if_incomplete refuses with 402 and leaves no trace', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item, customer: owner } = await subscribed(stripe, plan)
  const upgrade = (token: string) =>
    useCard(stripe, owner.id, token).then(() =>
      refusal(
        stripe.subscriptions.update(subscription.id, {
          items: [{ id: item.id, quantity: 5 }],
          proration_behavior: 'always_invoice',
          payment_behavior: 'error_if_incomplete',
        }),
      ),
    )
  expect(await upgrade('pm_card_chargeCustomerFail')).toMatchObject({ statusCode: 402, code: 'card_declined' })
  expect(await upgrade('pm_card_threeDSecure2Required')).toMatchObject({
    statusCode: 402,
    code: 'subscription_payment_intent_requires_action',
  })
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(after).toMatchObject({ status: 'active', latest_invoice: subscription.latest_invoice })
  expect(only(after.items.data).quantity).toBe(1)
  expect(charges(sandbox)).toEqual([1000])
})

test('allow_incomplete applies the change and owes the money', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item, customer: owner } = await subscribed(stripe, plan)
  await useCard(stripe, owner.id, 'pm_card_chargeCustomerFail')
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 5 }],
    proration_behavior: 'always_invoice',
  })
  expect(updated.status).toBe('past_due')
  expect(only(updated.items.data).quantity).toBe(5)
  await useCard(stripe, owner.id, 'pm_card_visa')
  await stripe.invoices.pay(String(updated.latest_invoice))
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('a price change without a quantity sets it to one', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const other = await price(stripe, 'Premium', 2000)
  const { subscription, item } = await subscribed(stripe, plan, 7)
  const updated = await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, price: other.id }] })
  expect(only(updated.items.data)).toMatchObject({ id: item.id, quantity: 1 })
})

test('prorations that are not invoiced wait for the next invoice, which takes them along', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  const { subscription, item } = await subscribed(stripe, plan)
  await sandbox.clock.advance(10 * DAY)
  const updated = await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 2 }] })
  expect(updated.latest_invoice).toBe(subscription.latest_invoice)
  const waiting = await stripe.invoiceItems.list({ pending: true })
  expect(waiting.data.map(({ amount, proration }) => [amount, proration])).toEqual([
    [4200, true],
    [-2100, true],
  ])
  await sandbox.clock.advance(21 * DAY)
  const invoice = await latestInvoice(stripe, await stripe.subscriptions.retrieve(subscription.id))
  expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-2100, 4200, 6200])
  expect((await stripe.invoiceItems.list({ pending: true })).data).toEqual([])
})

test('flexible billing gives back each debit that was made', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  const { subscription, item } = await subscribed(stripe, plan)
  const seats = async (quantity: number) => {
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, quantity }],
      proration_behavior: 'always_invoice',
    })
    return latestInvoice(stripe, updated)
  }
  await sandbox.clock.advance(10 * DAY)
  const first = await seats(2)
  expect(first.lines.data.map(({ amount }) => amount)).toEqual([-2100, 4200])
  await sandbox.clock.advance(11 * DAY)
  const second = await seats(3)
  expect(second.lines.data.map(({ amount }) => amount)).toEqual([-2000, 3000])
  expect(second.lines.data[0]?.parent?.subscription_item_details?.proration_details?.credited_items).toEqual({
    invoice: first.id,
    invoice_line_items: [first.lines.data[1]?.id],
  })
})

test('an added item is debited for the rest of the period, a removed one credited', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  const extra = await price(stripe, 'Support', 6200)
  const { subscription } = await subscribed(stripe, plan)
  await sandbox.clock.advance(21 * DAY)
  const added = await stripe.subscriptions.update(subscription.id, {
    items: [{ price: extra.id, quantity: 1 }],
    proration_behavior: 'always_invoice',
  })
  expect((await latestInvoice(stripe, added)).lines.data.map(({ amount }) => amount)).toEqual([2000])
  const support = added.items.data.find((one) => one.price.id === extra.id)
  const removed = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: support?.id ?? '', deleted: true }],
    proration_behavior: 'always_invoice',
  })
  expect((await latestInvoice(stripe, removed)).total).toBe(-2000)
  expect(removed.items.data).toHaveLength(1)
})

test('classic billing starts a new cycle when the interval changes', async () => {
  const { stripe, sandbox } = await openShop()
  const monthly = await price(stripe, 'Monthly', 3100)
  const yearly = await price(stripe, 'Yearly', 30_000, { interval: 'year' })
  const { subscription, item } = await subscribed(stripe, monthly, 1, 'classic')
  await sandbox.clock.advance(21 * DAY)
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: yearly.id, quantity: 1 }],
    proration_behavior: 'always_invoice',
    proration_date: (START + 21 * DAY) / 1000,
  })
  const now = (START + 21 * DAY) / 1000
  expect(updated.billing_cycle_anchor).toBe(now)
  expect(only(updated.items.data).current_period_start).toBe(now)
  expect((await latestInvoice(stripe, updated)).lines.data.map(({ amount }) => amount)).toEqual([-1000, 30_000])
})

test('flexible billing keeps its cycle unless told to start a new one', async () => {
  const { stripe, sandbox } = await openShop()
  const monthly = await price(stripe, 'Monthly', 3100)
  const yearly = await price(stripe, 'Yearly', 30_000, { interval: 'year' })
  const change = async (anchor?: 'now') => {
    const { subscription, item } = await subscribed(stripe, monthly)
    await sandbox.clock.advance(21 * DAY)
    return stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: yearly.id, quantity: 1 }],
      proration_behavior: 'always_invoice',
      ...(anchor && { billing_cycle_anchor: { type: anchor } }),
    })
  }
  const kept = await change()
  expect(kept.billing_cycle_anchor).toBe(kept.created)
  const reset = await change('now')
  expect(reset.billing_cycle_anchor).toBe(sandbox.clock.now() / 1000)
  const lines = (await latestInvoice(stripe, reset)).lines.data
  expect(lines.map(({ amount }) => amount)).toEqual([expect.any(Number), 30_000])
  expect(lines[0]?.amount).toBeLessThan(0)
})

test('the currency of a subscription cannot change, and archived prices cannot be chosen', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const euro = await price(stripe, 'Euro', 1000, { currency: 'eur' })
  const gone = await price(stripe, 'Gone', 1000)
  await stripe.prices.update(gone.id, { active: false })
  const { subscription, item } = await subscribed(stripe, plan)
  const to = (target: string) =>
    refusal(stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, price: target }] }))
  expect(await to(euro.id)).toMatchObject({ statusCode: 400, param: 'items[0][price]' })
  expect(await to(gone.id)).toMatchObject({ statusCode: 400, param: 'items[0][price]' })
  expect(await to('price_none')).toMatchObject({ code: 'resource_missing' })
})

test('a lookup key moves to the new price when asked to', async () => {
  const { stripe } = await openShop()
  const first = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1,
    product_data: { name: 'A' },
    recurring: { interval: 'month' },
    lookup_key: 'pro',
  })
  const again = {
    currency: 'usd',
    unit_amount: 2,
    product: String(first.product),
    recurring: { interval: 'month' as const },
    lookup_key: 'pro',
  }
  expect(await refusal(stripe.prices.create(again))).toMatchObject({ statusCode: 400, param: 'lookup_key' })
  const second = await stripe.prices.create({ ...again, transfer_lookup_key: true })
  expect(only((await stripe.prices.list({ lookup_keys: ['pro'] })).data).id).toBe(second.id)
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
})

import { expect, test } from 'vitest'
import { charges, DAY, latestInvoice, only, openShop, paymentOf, price, refusal, subscribed, useCard } from './shop.ts'

async function upgraded() {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  const { subscription, item, customer } = await subscribed(stripe, plan)
  await sandbox.clock.advance(21 * DAY)
  const seats = (quantity: number) =>
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, quantity }],
      proration_behavior: 'always_invoice',
    })
  const invoice = await latestInvoice(stripe, await seats(3))
  return { stripe, sandbox, subscription, customer, invoice, seats, payment: await paymentOf(stripe, invoice.id) }
}

test('a refund gives money back to the card, in parts and never more than was paid', async () => {
  const { stripe, sandbox, payment } = await upgraded()
  expect(payment.amount).toBe(2000)
  const refund = await stripe.refunds.create({ payment_intent: payment.id, amount: 500, metadata: { why: 'undo' } })
  expect(refund).toMatchObject({ amount: 500, status: 'succeeded', metadata: { why: 'undo' } })
  const again = { payment_intent: payment.id, amount: 1501 }
  expect(await refusal(stripe.refunds.create(again))).toMatchObject({ param: 'amount' })
  await stripe.refunds.create({ charge: String(payment.latest_charge), reason: 'requested_by_customer' })
  expect(await stripe.charges.retrieve(String(payment.latest_charge))).toMatchObject({
    amount_refunded: 2000,
    refunded: true,
  })
  expect(await refusal(stripe.refunds.create({ payment_intent: payment.id }))).toMatchObject({
    code: 'charge_already_refunded',
  })
  const journal = sandbox.control.journal()
  expect(journal.flatMap((entry) => (entry.kind === 'refund' ? [entry.amount] : []))).toEqual([500, 1500])
  const { data } = await stripe.events.list({ types: ['charge.refunded', 'refund.created'] })
  expect(data).toHaveLength(4)
})

test('a fresh upgrade is undone: reversed to the second and refunded to the card', async () => {
  const { stripe, sandbox, customer, invoice, seats, payment } = await upgraded()
  const back = await latestInvoice(stripe, await seats(1))
  expect(back.total).toBe(-2000)
  expect(back.lines.data[0]?.parent?.subscription_item_details?.proration_details?.credited_items).toMatchObject({
    invoice: invoice.id,
  })
  await stripe.customers.createBalanceTransaction(customer.id, {
    amount: 2000,
    currency: 'usd',
    description: 'Refunded to the card',
  })
  await stripe.refunds.create({ payment_intent: payment.id, amount: 2000 })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: 0 })
  const [entry] = (await stripe.customers.listBalanceTransactions(customer.id)).data
  expect(entry).toMatchObject({ amount: 2000, ending_balance: 0, description: 'Refunded to the card' })
  await sandbox.clock.advance(10 * DAY)
  expect(charges(sandbox)).toEqual([3100, 2000, 3100])
})

test('a credit note takes back a line of a paid invoice: to the card, to the balance, or both', async () => {
  const { stripe, invoice, customer } = await upgraded()
  const debit = invoice.lines.data.find(({ amount }) => amount > 0)
  const request = {
    invoice: invoice.id,
    lines: [{ type: 'invoice_line_item' as const, invoice_line_item: debit?.id ?? '', amount: 600 }],
    refund_amount: 400,
    credit_amount: 200,
  }
  expect(await stripe.creditNotes.preview(request)).toMatchObject({ amount: 600 })
  expect((await stripe.refunds.list()).data).toEqual([])
  const note = await stripe.creditNotes.create(request)
  expect(note).toMatchObject({ amount: 600, type: 'post_payment', post_payment_amount: 600, status: 'issued' })
  expect(only(note.lines.data)).toMatchObject({ amount: 600, invoice_line_item: debit?.id })
  expect(only(note.refunds)).toMatchObject({ amount_refunded: 400 })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -200 })
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    post_payment_credit_notes_amount: 600,
    status: 'paid',
  })
  expect(await refusal(stripe.creditNotes.create({ invoice: invoice.id, amount: 100 }))).toMatchObject({
    param: 'refund_amount',
  })
  expect(await refusal(stripe.creditNotes.create({ invoice: invoice.id, amount: 1500 }))).toMatchObject({
    param: 'amount',
  })
})

test('a credit note on an open invoice lowers what is owed, and closes it when nothing is left', async () => {
  const { stripe, sandbox, customer, seats } = await upgraded()
  await useCard(stripe, customer.id, 'pm_card_chargeCustomerFail')
  const owed = await latestInvoice(stripe, await seats(6))
  expect(owed).toMatchObject({ status: 'open', amount_remaining: 3000 })
  await stripe.creditNotes.create({ invoice: owed.id, amount: 1000 })
  expect(await stripe.invoices.retrieve(owed.id)).toMatchObject({
    amount_due: 2000,
    amount_remaining: 2000,
    pre_payment_credit_notes_amount: 1000,
  })
  await stripe.creditNotes.create({ invoice: owed.id, amount: 2000 })
  expect((await stripe.invoices.retrieve(owed.id)).status).toBe('paid')
  expect(charges(sandbox)).toEqual([3100, 2000])
})

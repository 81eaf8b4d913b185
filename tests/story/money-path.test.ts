import type { AccountState, Decision, GateAnswer, Quote, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { startDemo } from '../support/demo.ts'
import { freshFolder } from '../support/folder.ts'
import { listenTo } from '../support/stream.ts'

/** The middle of the story against the started demo: a real server, a durable file, the local Stripe over HTTP. */
test('acme asks for a sixth seat: blocked, quoted, paid, unlocked, and every listener knows', async () => {
  const demo = await startDemo({ data: freshFolder() })
  const priya = demo.as('acme', 'priya')
  const listeners = await Promise.all(
    ['priya', 'tom', 'lena'].map(async (user) => {
      const response = await fetch(`${demo.backend}/v1/stream?account=acme&user=${user}`, {
        headers: { authorization: `Bearer ${demo.secretKey}` },
      })
      return listenTo(response)
    }),
  )

  const blocked = await demo.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })
  expect(blocked).toMatchObject({
    state: 'blocked',
    allowed: false,
    reason: 'limit_reached',
    limit: 5,
    used: 5,
    source: 'live',
  })

  const { decision, prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 2 })
  expect(decision).toMatchObject({ state: 'blocked', allowed: false })
  expect(prompt).toMatchObject({
    placement: 'dialog',
    way: 'buy',
    offer: { kind: 'add', unit: 'seat', quantity: { min: 1, default: 2 } },
  })
  expect(prompt?.copy.action).toBe('Add 2 seats')

  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: prompt?.offer?.id, quantity: 2 })
  const sum = quote.lines.reduce((total, line) => total + line.amount, 0)
  expect(sum + quote.tax.amount - quote.credit.amount).toBe(quote.dueNow.amount)
  expect(quote.recurring).toEqual({ amount: 7 * 1_200, currency: 'usd', interval: 'month' })
  expect(quote.previous).toEqual({ amount: 5 * 1_200, currency: 'usd', interval: 'month' })
  expect(quote.nextInvoice.total).toEqual({ amount: 7 * 1_200, currency: 'usd' })
  expect(quote.paymentMethod).toMatchObject({ brand: 'visa', last4: '4242' })
  expect(quote.lines[0]?.detail).toMatch(/^[\d.]+ of \d+ days at \$12\.00 a seat$/)

  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(upgrade.status).toBe('applied')

  const after = await demo.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats', quantity: 2 })
  expect(after).toMatchObject({ allowed: true, limit: 7, used: 5, remaining: 2 })
  for (const listener of listeners) {
    const told = await listener.next<AccountState>('state', (state) => state.features.seats?.limit === 7)
    expect(told.features.seats).toMatchObject({ state: 'ok', allowed: true })
    await listener.close()
  }

  const invoice = await demo.stripeClient.invoices.retrieve(upgrade.invoice?.id ?? '')
  expect(invoice).toMatchObject({ status: 'paid', amount_paid: quote.dueNow.amount, currency: quote.dueNow.currency })
  expect(upgrade.invoice?.amountPaid).toEqual(quote.dueNow)
  const { data: journal } = (await demo.control('/journal')) as {
    data: { kind: string; invoice?: string; amount?: number }[]
  }
  const charges = journal.filter((entry) => entry.kind === 'charge' && entry.invoice === upgrade.invoice?.id)
  expect(charges.map((charge) => charge.amount)).toEqual([quote.dueNow.amount])
})

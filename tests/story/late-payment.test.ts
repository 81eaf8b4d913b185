import type { State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { confirm, openFree, payOn, quoteStart } from '../support/checkout.ts'
import { openOnLine } from '../support/line.ts'

/** Pays a page by a debit: Stripe calls the page unpaid, until it settles or for good. */
async function paidByDebit(invoice: 'open' | 'paid', intent: string) {
  const { harness, line } = await openOnLine()
  await openFree(harness)
  const upgrade = await confirm(harness, await quoteStart(harness))
  line.rewrite('GET /v1/checkout/sessions/', (body) => body.replace(/("payment_status": ?)"paid"/, '$1"unpaid"'))
  line.rewrite('GET /v1/invoices/', (body) => body.replace(/("status": ?)"paid"/, `$1"${invoice}"`))
  line.rewrite('GET /v1/invoice_payments', (body) => body.replace(/("status": ?)"succeeded"/, `$1"${intent}"`))
  await payOn(upgrade.url)
  return { harness, after: await harness.as('birch', 'ben').ok<Upgrade>('GET', `/upgrades/${upgrade.id}`) }
}

test('a debit is waited for, and what comes of it is read from its invoice: a page whose debit failed stays unpaid for good', async () => {
  expect((await paidByDebit('open', 'processing')).after.status).toBe('processing')
  expect((await paidByDebit('paid', 'succeeded')).after).toMatchObject({
    status: 'applied',
    invoice: { status: 'paid' },
  })
  const { harness, after } = await paidByDebit('open', 'requires_payment_method')
  expect(after).toMatchObject({ status: 'expired', reason: { code: 'payment_failed' } })
  // Nothing is left open that would keep another purchase from being made.
  expect((await harness.as('birch', 'ben').ok<State>('GET', '/state')).upgrade).toBeNull()
})

import { expect, test } from 'vitest'
import { charges, DAY, only, openShop, price, subscribed } from './shop.ts'

const RETURN = 'https://app.example/billing'

async function visited(mode: 'classic' | 'flexible' = 'flexible') {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  const bought = await subscribed(stripe, plan, 1, mode)
  const send = (url: string, fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  const now = () => stripe.subscriptions.retrieve(bought.subscription.id)
  return { stripe, sandbox, send, now, ...bought }
}

test.each([
  ['flexible', false],
  ['classic', true],
] as const)('%s: the portal cancels with the period and takes it back', async (mode, at_period_end) => {
  const { stripe, send, now, customer, subscription, item } = await visited(mode)
  const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: RETURN })
  const shown = await (await fetch(url)).text()
  expect(shown).toContain('1 × Standard')
  expect(shown).toContain(RETURN)
  await send(url, { action: 'cancel', subscription: subscription.id })
  expect(await now()).toMatchObject({ cancel_at: item.current_period_end, cancel_at_period_end: at_period_end })
  expect(await (await fetch(url)).text()).toContain('Ends on')
  await send(url, { action: 'resume', subscription: subscription.id })
  expect(await now()).toMatchObject({ cancel_at: null, cancel_at_period_end: false })
})

test('a visit for one thing does it and leads back', async () => {
  const { stripe, send, customer, subscription, item, sandbox } = await visited()
  const after_completion = { type: 'redirect' as const, redirect: { return_url: RETURN } }
  const card = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    flow_data: { type: 'payment_method_update', after_completion },
  })
  const answer = await send(card.url, { action: 'card', number: '5555 5555 5555 4444' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, RETURN])
  const { data } = await stripe.paymentMethods.list({ customer: customer.id })
  expect(data[0]?.card?.brand).toBe('mastercard')
  expect((await send(card.url, { action: 'card', number: '1' })).status).toBe(402)
  await sandbox.clock.advance(21 * DAY)
  const confirm = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    flow_data: {
      type: 'subscription_update_confirm',
      subscription_update_confirm: { subscription: subscription.id, items: [{ id: item.id, quantity: 3 }] },
      after_completion,
    },
  })
  expect(await (await fetch(confirm.url)).text()).toContain('$20.00')
  await send(confirm.url, { action: 'confirm', subscription: subscription.id })
  expect(charges(sandbox)).toEqual([3100, 2000])
})

test('what the portal allows is configured', async () => {
  const { stripe, customer } = await visited()
  const made = await stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: false }, invoice_history: { enabled: true } },
    metadata: { owner: 'app' },
  })
  const updated = await stripe.billingPortal.configurations.update(made.id, {
    business_profile: { headline: 'Your plan' },
    features: { payment_method_update: { enabled: true } },
  })
  expect(updated.features).toMatchObject({
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: false },
  })
  const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id, configuration: made.id })
  const shown = await (await fetch(url)).text()
  expect(shown).not.toContain('>Cancel<')
  expect(shown).toContain('SANDBOX-')
  expect(only((await stripe.billingPortal.configurations.list({ is_default: false })).data).id).toBe(made.id)
})

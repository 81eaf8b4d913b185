import type { Account, Decision, GateAnswer, OpenInvoice, Prompt, State } from '@softgate/sdk/contract'
import { listen as serve } from '@softgate/server'
import { expect, test } from 'vitest'
import { isHeldOut } from '../../server/src/experiments/assign.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, minute, openHarness, secretKey, subscribe, useCard } from '../support/harness.ts'
import { type Listener, listenTo } from '../support/stream.ts'

/** An account that is asked when its use nears a limit. */
const acme = Array.from({ length: 50 }, (_, n) => `acme-${n}`).find((id) => !isHeldOut('usage_ceiling', id, 0.1)) ?? ''

async function opened() {
  const harness = await openHarness()
  const { customer, subscription } = await subscribe(harness, { id: acme, taken: 2 })
  await harness.host.ok('PUT', `/accounts/${acme}`, {
    onboardedAt: '2026-01-01T00:00:00Z',
    healthScore: 90,
    facts: { key_features: 5, active_seats_percent: 90, tickets: 'stable', nps: 9 },
  })
  return { harness, customer, subscription, sam: harness.as(acme, 'sam'), priya: harness.as(acme, 'priya') }
}

const listen = async (harness: Harness, user: string): Promise<Listener> => {
  const headers = { authorization: `Bearer ${harness.token(acme, user)}` }
  return listenTo(await harness.softgate.app.request('/v1/stream', { headers }))
}
type Told = { prompts: Prompt[] }
const prompted = ({ prompts }: Told): boolean => prompts.length > 0

/** Use that passes the mark of the trigger "usage ceiling". */
const nearlyFull = ({ host }: Harness) =>
  host.ok('POST', '/consume', { id: 'many', account: acme, feature: 'exports', quantity: 45 })

test('a prompt is told when it becomes due, to each as they read it, and again when it is due anew', async () => {
  const { harness, sam } = await opened()
  const [buyer, member] = [await listen(harness, 'priya'), await listen(harness, 'sam')]
  await nearlyFull(harness)
  const [bought, asked] = [await buyer.next<Told>('prompts', prompted), await member.next<Told>('prompts', prompted)]
  expect(bought.prompts).toMatchObject([{ way: 'buy', feature: 'exports', admins: [] }])
  expect(asked.prompts).toMatchObject([{ way: 'ask', feature: 'exports', admins: ['Priya Nair'], offer: null }])

  const { delivery } = asked.prompts[0] ?? {}
  const before = buyer.seen('prompts').length
  await sam.ok('POST', `/prompts/${delivery}/outcome`, { outcome: 'snoozed', forSeconds: 300 })
  await member.next<Told>('prompts', (told) => !prompted(told))
  expect(buyer.seen('prompts').length, 'another user is not told').toBe(before)

  await harness.clock.advance(5 * minute)
  let times = 0
  const again = await member.next<Told>('prompts', (told) => prompted(told) && ++times === 2)
  expect(again.prompts[0]?.delivery).toBe(delivery)
  await Promise.all([buyer.close(), member.close()])
})

test('a prompt that only a cooldown held back is told when the cooldown ends, if it still holds', async () => {
  const { harness } = await opened()
  const { clock, host, softgate } = harness
  const first = await listen(harness, 'priya')
  const use = (id: string) => host.ok('POST', '/consume', { id, account: acme, feature: 'automations', quantity: 900 })
  const due = async () => (await harness.as(acme, 'priya').ok<State>('GET', '/state')).prompts
  await nearlyFull(harness)
  const { prompts } = await first.next<Told>('prompts', prompted)
  await use('in-march')
  await clock.advance(minute)
  const outcome = { outcome: 'dismissed' }
  await harness.as(acme, 'priya').ok('POST', `/prompts/${prompts[0]?.delivery}/outcome`, outcome)
  await first.close()

  await clock.advance(60 * day - 5 * minute)
  await use('in-may')
  await softgate.services.sweep()
  expect(await due()).toEqual([])
  const buyer = await listen(harness, 'priya')
  await buyer.next('state')
  await clock.advance(5 * minute)
  await softgate.services.sweep()
  const told = await buyer.next<Told>('prompts', prompted)
  expect(told.prompts).toMatchObject([{ feature: 'automations' }])
  await softgate.services.sweep()
  expect(await due(), 'once').toEqual(told.prompts)
  await buyer.close()
})

test('what was put off can be taken back: it is due again, and no cooldown has begun', async () => {
  const { harness, sam } = await opened()
  const member = await listen(harness, 'sam')
  await nearlyFull(harness)
  const [prompt] = (await member.next<Told>('prompts', prompted)).prompts
  const due = async () => (await sam.ok<State>('GET', '/state')).prompts
  const tell = (body: object) => sam.ok('POST', `/prompts/${prompt?.delivery}/outcome`, body)
  await tell({ outcome: 'shown' })
  expect(await due()).toMatchObject([{ seen: true }])
  for (const outcome of ['snoozed', 'dismissed']) {
    await tell({ outcome })
    expect(await due()).toEqual([])
    await tell({ outcome, forSeconds: 0 })
    expect(await due()).toEqual([prompt])
  }
  await member.close()
})

test('a role that is given or taken is told to its user: what they may do has changed', async () => {
  const { harness, sam } = await opened()
  const member = await listen(harness, 'sam')
  await member.next('state')
  await harness.host.ok('PUT', `/accounts/${acme}/users/sam`, { role: 'admin' })
  await member.next('prompts')
  expect((await sam.ok<State>('GET', '/state')).user.may).toEqual(['purchase'])
  await member.close()
})

test('at the end of a period every connection is told the new numbers, without asking', async () => {
  const { harness } = await opened()
  const { clock, host } = harness
  await host.ok('POST', '/consume', { id: 'runs', account: acme, feature: 'exports', quantity: 3 })
  const { resetsAt } = await host.ok<Decision>('POST', '/check', { account: acme, feature: 'exports' })
  await clock.advance(Date.parse(resetsAt ?? '') - clock.now() - minute)
  const member = await listen(harness, 'sam')
  const now = await member.next<State>('state')
  expect(now.features.exports).toMatchObject({ used: 3 })
  await clock.advance(minute)
  const after = await member.next<State>('state', ({ features }) => features.exports?.used === 0)
  expect(after.features.exports?.resetsAt).not.toBe(resetsAt)
  await member.close()
})

test('with a payment open, the way on is to pay it: the invoice, what is left of it, and where', async () => {
  const { harness, customer, subscription, priya, sam } = await opened()
  const { stripe } = harness
  const gate = (who: typeof priya) => who.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })
  const buyer = await listen(harness, 'priya')
  await nearlyFull(harness)
  await buyer.next<Told>('prompts', prompted)
  expect((await gate(priya)).prompt).toMatchObject({ way: 'buy', invoice: null })

  await useCard(harness, customer, 'pm_card_chargeCustomerFail')
  const { items } = await stripe.subscriptions.retrieve(subscription)
  await stripe.subscriptions.update(subscription, {
    items: [{ id: items.data[0]?.id ?? '', quantity: 7 }],
    proration_behavior: 'always_invoice',
  })
  const paying = await buyer.next<Told>('prompts', ({ prompts }) => prompts[0]?.way === 'pay')
  const { data } = await stripe.invoices.list({ customer, status: 'open' })
  const [open] = data
  const invoice: OpenInvoice = {
    id: open?.id ?? '',
    amountDue: { amount: open?.amount_remaining ?? 0, currency: 'usd' },
    url: open?.hosted_invoice_url ?? '',
  }
  expect(paying.prompts[0]).toMatchObject({ way: 'pay', invoice, offer: null })
  expect((await gate(priya)).prompt).toMatchObject({ way: 'pay', invoice })
  expect((await gate(sam)).prompt, 'a member never sees money').toMatchObject({ way: 'ask', invoice: null })

  await useCard(harness, customer, 'pm_card_visa')
  await stripe.invoices.pay(invoice.id)
  let ways = ''
  await buyer.next<Told>('prompts', ({ prompts }) => {
    ways += `${prompts[0]?.way} `
    return ways.endsWith('pay buy ')
  })
  expect((await harness.host.ok<Account>('GET', `/accounts/${acme}`)).subscription?.status).toBe('active')
  await buyer.close()
})

test('a host learns at once that its stream is open, with nothing to tell yet', async () => {
  const { softgate } = await openHarness()
  const server = await serve(softgate.app, { port: 0 })
  cleanup(server.close)
  const open = new AbortController()
  cleanup(() => open.abort())
  const headers = { authorization: `Bearer ${secretKey}` }
  const { status } = await fetch(`${server.url}/v1/stream`, { headers, signal: open.signal })
  expect(status).toBe(200)
})

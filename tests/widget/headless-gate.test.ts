import { signal } from '@preact/signals-core'
import type { Softgate } from '@softgate/sdk'
import { createGate, createMeter, type PriceOf, showPrice } from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { priceOf } from '../../widget/src/price.ts'
import { until } from '../support/browser.ts'
import { openFree } from '../support/checkout.ts'
import { minute } from '../support/harness.ts'
import { openClient } from '../support/headless.ts'

const quotesIn = (sent: { path: string }[]): number => sent.filter(({ path }) => path === '/v1/quotes').length

test('a gate asks for its price when somebody looks, once for all gates, and anew when the account has changed', async () => {
  const { harness, softgate, network, page } = await openClient()
  const quantity = signal(2)
  const open = () => createGate({ softgate: signal<Softgate | null>(softgate), feature: signal('seats'), quantity })
  const [gate, twin] = [open(), open()]
  const ask: PriceOf = (client, wanted) => priceOf(client, wanted, page)
  expect([gate.offer.value?.kind, gate.price.value, quotesIn(network.sent)]).toEqual(['add', null, 0])
  const hide = [gate, twin].map((one) => showPrice(one, ask))
  await until(() => gate.price.value !== null && twin.price.value !== null)
  expect([gate.price.value?.quantity, quotesIn(network.sent)]).toEqual([2, 1])
  expect(twin.price.value?.id).toBe(gate.price.value?.id)
  quantity.value = 3
  await until(() => gate.price.value?.quantity === 3)
  expect(quotesIn(network.sent)).toBe(2)
  await harness.as('acme', 'priya').ok('POST', '/upgrades', { quote: gate.price.value?.id })
  await softgate.refresh()
  expect([gate.decision.value?.allowed, gate.price.value], 'an open gate has no price').toEqual([true, null])
  for (const end of [...hide, gate.dispose, twin.dispose]) end()
})

test('a price that cannot be had leaves the list price, and is asked for anew by the next who looks', async () => {
  const { softgate, network, page, browser } = await openClient()
  const open = () =>
    createGate({ softgate: signal<Softgate | null>(softgate), feature: signal('sso'), quantity: signal(1) })
  const [gate, later] = [open(), open()]
  const ask: PriceOf = (client, wanted) => priceOf(client, wanted, page)
  network.blocked = /quotes/
  let failed = false
  const hide = showPrice(gate, (client, wanted) =>
    ask(client, wanted).catch((error) => {
      failed = true
      throw error
    }),
  )
  while (!failed) await browser.pass(1_000)
  expect([gate.price.value, gate.offer.value?.price.amount]).toEqual([null, 2_000])
  network.blocked = null
  const hideToo = showPrice(later, ask)
  await until(() => later.price.value !== null)
  hideToo()
  expect(later.price.value).toBe(null)
  for (const end of [hide, gate.dispose, later.dispose]) end()
})

test('a price to which tax is to come is no exact one: the list price speaks, and after the address the whole', async () => {
  const { harness, page, browser } = await openClient({
    config: { ...teamflow, tax: { automatic: true, prices: 'exclusive' } },
  })
  await openFree(harness)
  const { id } = await harness.stripe.customers.create()
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: id })
  const { softgate: ben } = browser.open({ user: 'ben', token: () => harness.token('birch', 'ben') })
  await ben.refresh()
  const [offer] = ben.state.value?.offers ?? []
  if (!offer) throw new Error('nothing is offered')
  await expect(priceOf(ben, { offer: offer.id }, page)).rejects.toThrow('tax is to come')
  await harness.stripe.customers.update(id, { address: { country: 'DE' } })
  expect(await priceOf(ben, { offer: offer.id }, page)).toMatchObject({ taxes: [{ percentage: 19 }] })
})

test('a meter at warn tells whether there is a way to more, and how old it is grows with time', async () => {
  const { harness, softgate, network, browser } = await openClient()
  const time = new Date(harness.clock.now()).toISOString()
  const event = { id: 'exports', account: 'acme', name: 'used', feature: 'exports', value: 42, time }
  await harness.host.ok('POST', '/events', { events: [event] })
  await softgate.refresh()
  const [client, now] = [signal<Softgate | null>(softgate), signal(0)]
  const meter = createMeter({
    softgate: client,
    feature: signal('exports'),
    now: () => now.value + harness.clock.now(),
  })
  expect(meter.value).toMatchObject({ state: 'warn', used: 42, more: true, buyer: true, staleAt: null })
  const { softgate: member } = browser.open({ user: 'sam', token: () => harness.token('acme', 'sam', []) })
  await member.refresh()
  client.value = member
  expect(meter.value).toMatchObject({ state: 'warn', more: true, buyer: false })
  client.value = softgate
  network.online = false
  network.cut()
  await until(() => softgate.connection.value === 'offline')
  const staleAt = meter.value?.staleAt
  await harness.clock.advance(10 * minute)
  now.value = 1
  expect(Math.abs((meter.value?.staleAt ?? 0) - (staleAt ?? 0)), 'it is as old as it is').toBeLessThan(1_000)
})

import { computed, signal } from '@preact/signals-core'
import type { Softgate } from '@softgate/sdk'
import type { Quote } from '@softgate/sdk/contract'
import {
  createChangeFlow,
  createGate,
  createMeter,
  createUpgradeFlow,
  type UpgradeFlow,
} from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import { until } from '../support/browser.ts'
import type { Harness } from '../support/harness.ts'
import { openClient } from '../support/headless.ts'

/** The upgrade flow without Stripe.js, which none of these needs. */
const flowOf = (harness: Harness, softgate: Softgate): UpgradeFlow =>
  createUpgradeFlow({
    softgate: computed(() => softgate),
    page: { now: harness.clock.now, after: harness.clock.after, leave: () => {} },
    stripe: async () => Promise.reject(new Error('no page')),
  })

test('a meter says what is used, and how old it is when there is no connection', async () => {
  const { harness, softgate, browser, network } = await openClient()
  const meter = createMeter({ softgate: signal(softgate), feature: signal('seats'), now: harness.clock.now })
  await until(() => meter.value?.state === 'blocked')
  expect(meter.value).toMatchObject({ used: 5, limit: 5, fill: 1, staleAt: null })
  network.online = false
  network.cut()
  await browser.pass(1_000)
  expect(meter.value).toMatchObject({ used: 5, limit: 5, staleAt: expect.any(Number) })
})

test('the flow buys what it shows, once, however often it is confirmed', async () => {
  const { harness, softgate, network } = await openClient()
  const flow = flowOf(harness, softgate)
  softgate.onPrompt(flow.present)
  const gate = softgate.gate('seats', { quantity: 2 })
  await until(() => flow.quote.value !== null)
  const shown = flow.quote.value as Quote
  expect(flow.quantity.value).toBe(2)
  await Promise.all([flow.confirm(), flow.confirm()])
  expect(flow.step.value).toBe('done')
  expect(await gate).toMatchObject({ allowed: true, outcome: 'upgraded' })
  expect(flow.upgrade.value?.invoice?.amountPaid).toEqual(shown.dueNow)
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toHaveLength(1)
  await flow.confirm()
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toHaveLength(1)
})

test('a burst of steps is one question for the price', async () => {
  const { harness, softgate, network } = await openClient()
  const flow = flowOf(harness, softgate)
  softgate.onPrompt(flow.present)
  void softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  for (const quantity of [2, 3, 4]) flow.setQuantity(quantity)
  expect(flow.waiting.value).toBe('pending')
  await flow.confirm()
  await harness.clock.advance(150)
  await until(() => flow.waiting.value === 'no')
  expect(flow.quote.value?.quantity).toBe(4)
  expect(network.sent.filter(({ path }) => path === '/v1/quotes')).toHaveLength(2)
  expect(network.sent.filter(({ path }) => path === '/v1/upgrades')).toEqual([])
  flow.dispose()
})

test('a quantity stays within what the offer sells, whatever is typed', async () => {
  const { harness, softgate } = await openClient()
  const flow = flowOf(harness, softgate)
  softgate.onPrompt(flow.present)
  void softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  const { min, max } = flow.subject.value?.prompt.offer?.quantity ?? { min: 0, max: 0 }
  for (const [typed, taken] of [
    [2.4, 2],
    [-7, min],
    [1e9, max],
    [Number.NaN, min],
  ] as const) {
    flow.setQuantity(typed)
    expect(flow.quantity.value).toBe(taken)
  }
  flow.dispose()
})

test('a code that cannot be redeemed is named, and the price without it stays', async () => {
  const { harness, softgate } = await openClient()
  const flow = flowOf(harness, softgate)
  softgate.onPrompt(flow.present)
  void softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  const amount = flow.quote.value?.dueNow.amount
  flow.redeem(' NOSUCH ')
  await until(() => flow.refusedCode.value !== '' && flow.waiting.value === 'no')
  expect([flow.refusedCode.value, flow.promotion.value]).toEqual(['NOSUCH', ''])
  expect([flow.step.value, flow.quote.value?.dueNow.amount]).toEqual(['quote', amount])
  flow.dispose()
})

test('a flow that is disposed of ends its question and leaves no timer', async () => {
  const { harness, softgate, browser } = await openClient()
  const timers = new Set<() => void>()
  const after = (ms: number, run: () => void): (() => void) => {
    const cancel = harness.clock.after(ms, () => {
      timers.delete(forget)
      run()
    })
    const forget = (): void => {
      timers.delete(forget)
      cancel()
    }
    timers.add(forget)
    return forget
  }
  const flow = createUpgradeFlow({
    softgate: computed(() => softgate),
    page: { now: harness.clock.now, after, leave: () => {} },
    stripe: async () => Promise.reject(new Error('no page')),
  })
  softgate.onPrompt(flow.present)
  const gate = softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  expect(timers.size).toBeGreaterThan(0)
  flow.dispose()
  expect(await gate).toMatchObject({ allowed: false, outcome: 'dismissed' })
  expect(timers.size).toBe(0)
  await browser.pass(1_000)
})

test('a gate is neither open nor locked before anything is known, and then tells who may buy', async () => {
  const { harness, browser } = await openClient()
  const client = signal<Softgate | null>(null)
  const gate = createGate({ softgate: client, feature: signal('sso'), quantity: signal(1) })
  expect(gate.decision.value).toBe(null)
  const { softgate } = browser.open({ user: 'sam', token: () => harness.token('acme', 'sam', []) })
  client.value = softgate
  await softgate.refresh()
  expect(gate.decision.value).toMatchObject({ state: 'locked', allowed: false })
  expect(gate.buyer.value).toBe(false)
  const flow = flowOf(harness, softgate)
  softgate.onPrompt(flow.present)
  const attempt = gate.attempt()
  await until(() => flow.step.value === 'ask')
  flow.note.value = 'For the audit in May.'
  await flow.send()
  expect(await attempt).toMatchObject({ outcome: 'requested', allowed: false })
  await until(() => gate.asked.value)
  await flow.takeBack()
  expect(flow.step.value).toBe('ask')
  await until(() => !gate.asked.value)
  flow.dispose()
})

test('a change is confirmed once as it was shown, and what waits for the bank goes on in the upgrade dialog', async () => {
  const { harness, softgate, network } = await openClient({ card: 'pm_card_authenticationRequired' })
  const settled: string[] = []
  const flow = createChangeFlow({
    softgate: signal(softgate),
    page: { now: harness.clock.now, after: harness.clock.after, leave: () => {} },
    settle: async ({ status }) => {
      settled.push(status)
      return 'upgraded'
    },
  })
  softgate.onPrompt(flow.present)
  const gate = softgate.gate('sso')
  await until(() => flow.quote.value !== null && flow.plans.value !== null)
  expect([flow.heading.value, flow.offer.value?.kind]).toEqual(['Single sign-on comes with Professional', 'switch'])
  await Promise.all([flow.confirm(), flow.confirm()])
  expect([settled, flow.open.value, flow.step.value]).toEqual([['requires_action'], false, 'quote'])
  expect(network.sent.filter(({ path, method }) => path === '/v1/upgrades' && method === 'POST')).toHaveLength(1)
  flow.dispose()
  softgate.close()
  await gate
})

test('a change that cannot be says why and what to do, and another number asks again', async () => {
  const { harness, softgate } = await openClient()
  const flow = createChangeFlow({
    softgate: signal(softgate),
    page: { now: harness.clock.now, after: harness.clock.after, leave: () => {} },
    settle: async () => 'dismissed',
  })
  const offer = softgate.state.value?.offers.find(({ kind }) => kind === 'remove')
  if (!offer) throw new Error('there is nothing to remove')
  const copy = { title: '', body: '', action: '', dismiss: '' }
  const prompt = {
    delivery: '',
    placement: '',
    feature: null,
    way: 'buy' as const,
    copy,
    offer,
    admins: [],
    invoice: null,
  }
  const { signal: gone } = new AbortController()
  const outcome = flow.present({ decision: softgate.check('seats'), prompt, quantity: 1 }, { signal: gone })
  await until(() => flow.refusal.value !== null)
  expect(flow.refusal.value).toBe('Seats: 5 seats in use, 4 would be left, 1 too many. Free what is too many first.')
  await flow.confirm()
  expect(flow.step.value).toBe('quote')
  await harness.host.ok('POST', '/events', {
    events: [
      {
        id: 'left',
        account: 'acme',
        name: 'seats_taken',
        feature: 'seats',
        set: 3,
        time: new Date(harness.clock.now()).toISOString(),
      },
    ],
  })
  flow.setQuantity(2)
  await harness.clock.advance(1_000)
  await until(() => flow.quote.value !== null)
  expect([flow.refusal.value, flow.quote.value?.recurring.amount]).toEqual([null, 3_600])
  await flow.confirm()
  expect([flow.step.value, await outcome, softgate.state.value?.pending?.quantity]).toEqual(['done', 'upgraded', 3])
  flow.dispose()
})

test('a price is asked for anew within a day and not before five minutes, however wrong the clock of the machine is', async () => {
  const yearMs = 365 * 24 * 60 * 60_000
  for (const offMs of [-yearMs, yearMs])
    for (const create of [createUpgradeFlow, createChangeFlow]) {
      const { harness, softgate } = await openClient()
      const waits: number[] = []
      const flow = create({
        softgate: computed(() => softgate),
        page: {
          now: () => harness.clock.now() + offMs,
          after(ms, run) {
            waits.push(ms)
            return harness.clock.after(ms, run)
          },
          leave: () => {},
        },
        stripe: async () => Promise.reject(new Error('no page')),
        settle: async () => 'dismissed',
      })
      softgate.onPrompt(flow.present)
      void softgate.gate(create === createChangeFlow ? 'sso' : 'seats')
      await until(() => flow.quote.value !== null)
      expect(waits.at(-1)).toBe(offMs < 0 ? yearMs / 365 : 5 * 60_000)
      flow.dispose()
    }
})

import type { PlansAnswer, Quote, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { type Harness, openHarness, subscribe } from '../support/harness.ts'
import { repriced, starterAt } from '../support/repriced.ts'

const plans = (harness: Harness, user = 'priya', query = '') =>
  harness.as('acme', user).ok<PlansAnswer>('GET', `/plans${query}`)
const only = <T>(all: readonly T[], test: (one: T) => boolean): T => {
  const [one, ...others] = all.filter(test)
  if (!one || others.length > 0) throw new Error(`${others.length + Number(Boolean(one))} instead of one`)
  return one
}

test('plans stand side by side as the catalogue has them: prices, every grant, the present one', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const answer = await plans(harness)
  expect(answer.plans.map(({ key }) => key)).toEqual(Object.keys(config.plans))
  expect(answer.plans.filter(({ present }) => present).map(({ key }) => key)).toEqual(['starter'])
  expect([answer.interval, answer.covering]).toEqual(['month', null])
  for (const plan of answer.plans) expect(Object.keys(plan.grants)).toEqual(Object.keys(config.features))
  expect(only(answer.plans, ({ key }) => key === 'professional')).toMatchObject({
    title: 'Professional',
    prices: [
      { interval: 'month', price: { amount: 2_000, currency: 'usd' }, unit: 'seat' },
      { interval: 'year', price: { amount: 20_000, currency: 'usd' }, unit: 'seat' },
    ],
    grants: {
      seats: { kind: 'purchased' },
      exports: { kind: 'limit', limit: 500, each: 'month' },
      sso: { kind: 'included' },
    },
    pendingAt: null,
  })
  expect(only(answer.plans, ({ key }) => key === 'enterprise').prices).toEqual([])
  expect(answer.plans.filter(({ free }) => free).map(({ key }) => key)).toEqual(['free'])
  expect(answer.plans.flatMap(({ prices }) => prices).every(({ units }) => units === 5)).toBe(true)
  for (const { price, units, total } of answer.plans.flatMap(({ prices }) => prices))
    expect(total).toEqual({ ...price, amount: price.amount * units })
})

test('an account that keeps an older price sees that one of its plan, and pays it for more; others see the new one', async () => {
  const harness = await openHarness({ inlineWriter: false })
  await subscribe(harness)
  const { as } = await repriced(harness, starterAt(1_500))
  const api = as('acme', 'priya')
  const [add] = (await api.ok<State>('GET', '/state')).offers.filter(({ kind }) => kind === 'add')
  expect(add?.price.amount).toBe(1_200)
  const starter = only((await api.ok<PlansAnswer>('GET', '/plans')).plans, ({ key }) => key === 'starter')
  expect(starter.prices.map(({ price }) => price.amount)).toEqual([1_200, 12_000])
  const quote = await api.ok<Quote>('POST', '/quotes', { offer: add?.id, quantity: 1 })
  expect([quote.previous?.amount, quote.recurring.amount]).toEqual([5 * 1_200, 6 * 1_200])
})

test('an offer that leads to a plan is one that can be quoted; who may not buy gets none', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const answer = await plans(harness)
  const professional = only(answer.plans, ({ key }) => key === 'professional')
  const offer = only(professional.offers, ({ interval }) => interval === 'month')
  const quote = await harness.as('acme', 'priya').ok<Quote>('POST', '/quotes', { offer: offer.id })
  expect(quote.recurring).toEqual({ amount: 5 * 2_000, currency: 'usd', interval: 'month' })
  const [end] = only(answer.plans, ({ free }) => free).offers
  expect(end).toMatchObject({ kind: 'cancel' })
  expect((await harness.as('acme', 'priya').ok<Quote>('POST', '/quotes', { offer: end?.id })).recurring.amount).toBe(0)
  const member = await plans(harness, 'sam')
  expect(member.plans.flatMap(({ offers }) => offers)).toEqual([])
  expect(member.plans.map(({ offers, ...rest }) => rest)).toEqual(answer.plans.map(({ offers, ...rest }) => rest))
})

test('the smallest plan that covers what was asked for is named; what is allowed already needs no other', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 4 })
  const covering = async (feature: string) => (await plans(harness, 'sam', `?feature=${feature}`)).covering
  expect(await covering('sso')).toBe('professional')
  expect(await covering('seats')).toBe('starter')
  expect(await covering('exports')).toBe('starter')
  await harness.host.ok('POST', '/consume', { id: 'all', account: 'acme', feature: 'exports', quantity: 50 })
  expect(await covering('exports')).toBe('professional')
  expect(await covering('exports,sso,seats')).toBe('professional')
  const refused = await harness.as('acme', 'sam').refused('GET', '/plans?feature=sso,gone')
  expect(refused).toMatchObject({ code: 'feature_unknown', detail: expect.stringContaining('"gone"') })
})

test('a plan that takes the place of the present one says when', async () => {
  const harness = await openHarness()
  await subscribe(harness, { plan: 'professional', taken: 4 })
  const priya = harness.as('acme', 'priya')
  const starter = ({ plans: all }: PlansAnswer) => only(all, ({ key }) => key === 'starter')
  const [down] = starter(await plans(harness)).offers.filter(({ interval }) => interval === 'month')
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: down?.id })
  await priya.ok('POST', '/upgrades', { quote: quote.id })
  const after = await plans(harness, 'sam')
  expect(starter(after)).toMatchObject({ present: false, pendingAt: quote.effectiveAt })
  expect(after.plans.filter(({ pendingAt }) => pendingAt !== null)).toHaveLength(1)
  expect(only(after.plans, ({ present }) => present).key).toBe('professional')
})

test('where a subscription begins, each plan leads there by the month and by the year, in the account’s currency', async () => {
  const harness = await openHarness()
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme' })
  await harness.host.ok('PUT', '/accounts/acme/users/priya', { role: 'owner' })
  const answer = await plans(harness)
  expect(answer.interval).toBeNull()
  expect(only(answer.plans, ({ key }) => key === 'starter').offers.map(({ interval }) => interval)).toEqual([
    'month',
    'year',
  ])
  await harness.host.ok('PUT', '/accounts/acme', { currency: 'eur' })
  expect((await plans(harness)).plans.flatMap(({ prices, offers }) => [...prices, ...offers])).toEqual([])
})

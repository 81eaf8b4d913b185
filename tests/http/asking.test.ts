import type { AccessRequest, GateAnswer, Quote, RequestsAnswer, State } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { type Harness, minute, openHarness, subscribe } from '../support/harness.ts'
import { listenTo } from '../support/stream.ts'

const put = (harness: Harness, user: string, rest: object) =>
  harness.host.ok('PUT', `/accounts/acme/users/${user}`, rest)

async function opened() {
  const harness = await openHarness()
  await subscribe(harness)
  const [priya, sam] = [harness.as('acme', 'priya'), harness.as('acme', 'sam')]
  const ask = (body: object = {}) => sam.ok<AccessRequest>('POST', '/requests', { feature: 'sso', ...body })
  return { harness, priya, sam, ask }
}

const listen = async (harness: Harness, user: string) =>
  listenTo(
    await harness.softgate.app.request('/v1/stream', {
      headers: { authorization: `Bearer ${harness.token('acme', user)}` },
    }),
  )

test('who may not buy is told whom to ask, by name: five at most, and never an address', async () => {
  const { harness, sam, priya } = await opened()
  await put(harness, 'nameless', { role: 'owner', email: 'nameless@acme.example' })
  await put(harness, 'address', { role: 'admin', name: 'address@acme.example' })
  const gate = () => sam.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })
  expect((await gate()).prompt).toMatchObject({ way: 'ask', admins: ['Priya Nair'], invoice: null })
  for (const n of [6, 2, 5, 3, 1, 4]) await put(harness, `admin-${n}`, { role: 'admin', name: `Admin ${n}` })
  const five = ['Admin 1', 'Admin 2', 'Admin 3', 'Admin 4', 'Admin 5']
  expect((await gate()).prompt?.admins).toEqual(five)
  expect((await sam.ok<State>('GET', '/state')).admins).toEqual(five)
  expect((await priya.ok<State>('GET', '/state')).admins).toEqual([])
  expect((await priya.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })).prompt?.admins).toEqual([])
  // An admin whose token does not permit to buy asks the others, not herself.
  const asked = await harness.as('acme', 'admin-1', []).ok<State>('GET', '/state')
  expect(asked.admins).toEqual(['Admin 2', 'Admin 3', 'Admin 4', 'Admin 5', 'Admin 6'])
})

test('requests carry the names of who asks and who answers, as they are now', async () => {
  const { harness, priya, sam, ask } = await opened()
  const { id, name } = await ask()
  expect(name).toBe('Sam Ortiz')
  await put(harness, 'sam', { name: 'Samuel Ortiz' })
  const declined = await priya.ok<AccessRequest>('POST', `/requests/${id}`, { answer: 'decline' })
  expect(declined).toMatchObject({ name: 'Samuel Ortiz', answeredBy: 'priya', answeredByName: 'Priya Nair' })
  await put(harness, 'priya', { name: 'priya@acme.example' })
  const { requests } = await sam.ok<RequestsAnswer>('GET', '/requests')
  expect(requests[0]).toMatchObject({ name: 'Samuel Ortiz', answeredByName: null })
})

test('one takes back the own open request; another’s is not there, and one that is closed stays as it is', async () => {
  const { harness, priya, sam, ask } = await opened()
  const { id } = await ask()
  await put(harness, 'lena', { role: 'member' })
  for (const other of [priya, harness.as('acme', 'lena')])
    expect((await other.refused('DELETE', `/requests/${id}`)).code).toBe('request_unknown')
  expect(await sam.ok<AccessRequest>('DELETE', `/requests/${id}`)).toMatchObject({ id, status: 'withdrawn' })
  expect((await sam.refused('DELETE', `/requests/${id}`)).code).toBe('request_closed')
  expect((await priya.refused('POST', `/requests/${id}`, { answer: 'decline' })).code).toBe('request_closed')
  const { requests } = await priya.ok<RequestsAnswer>('GET', '/requests')
  expect(requests.map(({ status }) => status)).toEqual(['withdrawn'])
  expect((await ask()).id).not.toBe(id)
})

test('the state counts the open requests: all of them for who may answer, the own ones for who asks', async () => {
  const { harness, priya, sam, ask } = await opened()
  await put(harness, 'lena', { role: 'member' })
  const lena = harness.as('acme', 'lena')
  const summaries = async () =>
    Promise.all([priya, sam, lena].map(async (one) => (await one.ok<State>('GET', '/state')).requests.open))
  expect(await summaries()).toEqual([0, 0, 0])
  const { id } = await ask()
  await lena.ok('POST', '/requests', { feature: 'workload' })
  expect(await summaries()).toEqual([2, 1, 1])
  await priya.ok('POST', `/requests/${id}`, { answer: 'decline' })
  expect(await summaries()).toEqual([1, 0, 1])
})

test('inbox and asker hear live of a request that is made, changed, answered or taken back', async () => {
  const { harness, priya, sam, ask } = await opened()
  const [inbox, asker] = [await listen(harness, 'priya'), await listen(harness, 'sam')]
  type Summary = State['requests']
  const both = async (open: number) => {
    const changedAt = new Date(harness.clock.now()).toISOString()
    for (const listener of [inbox, asker])
      await listener.next<Summary>('requests', (told) => told.open === open && told.changedAt === changedAt)
    await harness.clock.advance(minute / 4)
  }
  const first = await ask()
  await both(1)
  await ask({ note: 'for the audit' })
  await both(1)
  await priya.ok('POST', `/requests/${first.id}`, { answer: 'decline' })
  await both(0)
  const second = await ask()
  await both(1)
  await sam.ok('DELETE', `/requests/${second.id}`)
  await both(0)
  expect([inbox, asker].map((listener) => listener.seen('requests').length)).toEqual([5, 5])
  await Promise.all([inbox.close(), asker.close()])
})

test('what was bought for a request may be in use before it is granted', async () => {
  const { harness, priya, ask } = await opened()
  const { id } = await ask({ feature: 'seats' })
  expect((await priya.refused('POST', `/requests/${id}`, { answer: 'grant' })).code).toBe('still_blocked')
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats' })
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: prompt?.offer?.id, quantity: 1 })
  await priya.ok('POST', '/upgrades', { quote: quote.id })
  await harness.clock.advance(minute)
  const time = new Date(harness.clock.now()).toISOString()
  const taken = { id: 'taken', account: 'acme', name: 'seats_taken', feature: 'seats', set: 6, time }
  await harness.host.ok('POST', '/events', { events: [taken] })
  expect(await priya.ok('POST', `/requests/${id}`, { answer: 'grant' })).toMatchObject({ status: 'granted' })
  const { id: later } = await ask({ feature: 'seats' })
  expect((await priya.refused('POST', `/requests/${later}`, { answer: 'grant' })).code).toBe('still_blocked')
})

test('an attempt that no trigger of the catalogue listens to is answered all the same', async () => {
  const { features, plans } = teamflow
  const harness = await openHarness({ config: defineConfig({ features, plans, defaultPlan: 'free' }) })
  await subscribe(harness)
  const [priya, sam] = [harness.as('acme', 'priya'), harness.as('acme', 'sam')]
  const sso = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })
  expect(sso.prompt).toMatchObject({
    placement: 'dialog',
    way: 'buy',
    copy: { title: 'Single sign-on is not available yet', action: 'See options' },
    offer: { kind: 'switch' },
  })
  expect((await sam.ok<GateAnswer>('POST', '/gates', { feature: 'seats' })).prompt).toMatchObject({
    way: 'ask',
    copy: { title: '5 of 5 seats are used', action: 'Ask an admin' },
  })
})

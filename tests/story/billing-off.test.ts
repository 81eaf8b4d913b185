import type { AccessRequest, GateAnswer, PlansAnswer, State, VendorRequestsAnswer } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { openHarness } from '../support/harness.ts'

/** TeamFlow as a product that is sold by agreement: the host says who has which plan. */
async function opened() {
  const harness = await openHarness({ config: { ...teamflow, billing: 'off' } })
  const { host } = harness
  await host.ok('PUT', '/accounts/acme', { name: 'Acme', plan: 'starter' })
  await host.ok('PUT', '/accounts/acme/users/priya', { role: 'owner', name: 'Priya Nair' })
  await host.ok('PUT', '/accounts/acme/users/sam', { role: 'member', name: 'Sam Ortiz' })
  // Nothing is bought, so the host permits nobody to.
  return { harness, host, priya: harness.as('acme', 'priya', []), sam: harness.as('acme', 'sam', []) }
}

test('without billing an admin asks the vendor, a member the admin, and nobody is told of a price', async () => {
  const { harness, host, priya, sam } = await opened()
  const state = await priya.ok<State>('GET', '/state')
  expect(state).toMatchObject({ offers: [], upgrade: null, pending: null, asksVendor: true, admins: [] })
  expect(await sam.ok<State>('GET', '/state')).toMatchObject({ offers: [], admins: ['Priya Nair'] })
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })
  const copy = { body: 'Ask our team for a quote.', action: 'Ask for a quote' }
  expect(prompt).toMatchObject({ way: 'ask', offer: null, copy, admins: [], invoice: null })
  const asked = await sam.ok<GateAnswer>('POST', '/gates', { feature: 'sso' })
  expect(asked.prompt).toMatchObject({ way: 'ask', offer: null, admins: ['Priya Nair'] })

  const wish = await sam.ok<AccessRequest>('POST', '/requests', { feature: 'sso' })
  const passedOn = await priya.ok<AccessRequest>('POST', '/requests', { feature: 'sso' })
  const { requests } = await host.ok<VendorRequestsAnswer>('GET', '/admin/requests')
  expect(requests).toMatchObject([{ id: passedOn.id, account: 'acme', accountName: 'Acme', name: 'Priya Nair' }])
  expect(await priya.refused('POST', `/requests/${wish.id}`, { answer: 'grant' })).toMatchObject({
    code: 'still_blocked',
  })

  // The vendor agrees, and says so.
  await host.ok('PUT', '/accounts/acme', { plan: 'professional' })
  await host.ok('POST', `/requests/${passedOn.id}?account=acme&user=priya`, { answer: 'grant', reply: 'It is on.' })
  expect(await priya.ok('POST', `/requests/${wish.id}`, { answer: 'grant' })).toMatchObject({ status: 'granted' })
  expect((await host.ok<VendorRequestsAnswer>('GET', '/admin/requests')).requests).toEqual([])
  expect((await sam.ok<State>('GET', '/state')).features.sso?.allowed).toBe(true)
  expect(harness.failures).toEqual([])
})

test('without billing what is read of it is nothing, what buys is refused in a sentence, and the doctor is content', async () => {
  const { harness, host, priya, sam } = await opened()
  expect(await priya.ok('GET', '/subscription')).toEqual({ subscription: null })
  expect(await priya.ok('GET', '/invoices')).toEqual({ invoices: [] })
  expect(await priya.ok('GET', '/estimate')).toEqual({ estimate: null })
  expect((await sam.refused('GET', '/invoices')).code).toBe('purchase_not_allowed')
  const { plans } = await priya.ok<PlansAnswer>('GET', '/plans')
  expect(plans.map(({ key, present, offers }) => [key, present, offers.length])).toContainEqual(['starter', true, 0])
  for (const [path, body] of [
    ['/quotes', { offer: 'any' }],
    ['/upgrades', { quote: 'any' }],
    ['/portal', {}],
  ] as const)
    expect(await harness.as('acme', 'priya').refused('POST', path, body), path).toMatchObject({
      code: 'billing_off',
      detail: "Nothing can be bought here: the catalogue says billing: 'off'.",
    })
  expect(await host.ok('POST', '/admin/doctor', { mode: 'look' })).toMatchObject({ findings: [] })
  await harness.softgate.services.sweep()
  expect(harness.failures).toEqual([])
})

test('without billing what is granted as purchased needs no price, and has no limit', async () => {
  const seats = { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } } as const
  const config = defineConfig({
    billing: 'off',
    features: { seats },
    plans: { whole: { title: 'Whole', grants: { seats: 'purchased' } } },
    defaultPlan: 'whole',
  })
  const { host } = await openHarness({ config })
  await host.ok('PUT', '/accounts/acme', {})
  expect(await host.ok('POST', '/check', { account: 'acme', feature: 'seats', quantity: 1_000 })).toMatchObject({
    allowed: true,
    limit: null,
  })
})

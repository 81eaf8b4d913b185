import { expect } from 'vitest'
import { type Harness, openHarness, subscribe } from '../support/harness.ts'

/** A valid request for a route, in an account of a known state. */
export interface Sample {
  path: string
  body?: unknown
}

export interface Town extends Harness {
  /** A valid request to each route, made for acme. */
  samples: Record<string, Sample>
}

/** Two accounts side by side, with an open request, a delivery, a quote and an upgrade in the first. */
export async function openTown(): Promise<Town> {
  const harness = await openHarness()
  await subscribe(harness)
  await subscribe(harness, { id: 'birch' })
  const priya = harness.as('acme', 'priya')
  const { prompt } = await priya.ok<{ prompt: { delivery: string; offer: { id: string } } }>('POST', '/gates', {
    feature: 'seats',
  })
  const offer = prompt.offer.id
  const used = await priya.ok<{ id: string }>('POST', '/quotes', { offer, quantity: 1 })
  const upgrade = await priya.ok<{ id: string }>('POST', '/upgrades', { quote: used.id })
  const state = await priya.ok<{ offers: { id: string }[] }>('GET', '/state')
  const fresh = state.offers[0]?.id ?? ''
  const request = await harness.as('acme', 'sam', []).ok<{ id: string }>('POST', '/requests', { feature: 'sso' })
  const quote = await priya.ok<{ id: string }>('POST', '/quotes', { offer: fresh, quantity: 1 })
  await harness.host.ok('POST', '/reserve', { id: 'sample-hold', account: 'acme', feature: 'exports', quantity: 2 })
  const time = new Date(harness.clock.now()).toISOString()
  const event = { id: 'sample-event', account: 'acme', name: 'run', feature: 'automations', value: 1, time }
  const samples: Record<string, Sample> = {
    'POST /v1/check': { path: '/check', body: { account: 'acme', feature: 'seats', quantity: 1 } },
    'POST /v1/consume': {
      path: '/consume',
      body: { id: 'sample-consume', account: 'acme', feature: 'exports', quantity: 1 },
    },
    'POST /v1/reserve': {
      path: '/reserve',
      body: { id: 'sample-reserve', account: 'acme', feature: 'exports', quantity: 1, expiresIn: 60 },
    },
    'POST /v1/commit': { path: '/commit', body: { id: 'sample-hold', account: 'acme', quantity: 1 } },
    'POST /v1/release': { path: '/release', body: { id: 'sample-hold', account: 'acme' } },
    'POST /v1/events': { path: '/events', body: { events: [event] } },
    'GET /v1/state': { path: '/state' },
    'GET /v1/stream': { path: '/stream' },
    'POST /v1/tokens': { path: '/tokens', body: { account: 'acme', user: 'priya', may: ['purchase'], expiresIn: 60 } },
    'PUT /v1/accounts/{account}': {
      path: '/accounts/acme',
      body: { name: 'Acme', healthScore: 80, facts: { nps: 9 } },
    },
    'GET /v1/accounts/{account}': { path: '/accounts/acme' },
    'DELETE /v1/accounts/{account}': { path: '/accounts/acme' },
    'PUT /v1/accounts/{account}/users/{user}': { path: '/accounts/acme/users/priya', body: { name: 'Priya Nair' } },
    'GET /v1/accounts/{account}/users/{user}': { path: '/accounts/acme/users/priya' },
    'PUT /v1/accounts/{account}/overrides/{feature}': {
      path: '/accounts/acme/overrides/exports',
      body: { grant: 60, reason: 'goodwill', author: 'support', endsAt: null, trial: false },
    },
    'GET /v1/accounts/{account}/overrides/{feature}': { path: '/accounts/acme/overrides/exports' },
    'DELETE /v1/accounts/{account}/overrides/{feature}': { path: '/accounts/acme/overrides/exports' },
    'POST /v1/gates': { path: '/gates', body: { feature: 'sso', quantity: 1, placement: 'inline', entity: 'board' } },
    'POST /v1/prompts/{delivery}/outcome': {
      path: `/prompts/${prompt.delivery}/outcome`,
      body: { outcome: 'dismissed', scope: 'user', forSeconds: 60 },
    },
    'POST /v1/quotes': { path: '/quotes', body: { offer: fresh, quantity: 1 } },
    'POST /v1/upgrades': { path: '/upgrades', body: { quote: quote.id } },
    'GET /v1/upgrades/{id}': { path: `/upgrades/${upgrade.id}` },
    'DELETE /v1/upgrades/{id}': { path: `/upgrades/${upgrade.id}` },
    'POST /v1/upgrades/{id}/card': { path: `/upgrades/${upgrade.id}/card`, body: { card: 'pm_1', keep: true } },
    'GET /v1/usage': { path: '/usage?feature=automations&days=7' },
    'GET /v1/plans': { path: '/plans?feature=sso' },
    'GET /v1/subscription': { path: '/subscription' },
    'GET /v1/estimate': { path: '/estimate' },
    'GET /v1/invoices': { path: '/invoices' },
    'POST /v1/portal': { path: '/portal', body: { page: 'payment_method' } },
    'POST /v1/requests': { path: '/requests', body: { feature: 'sso', quantity: 1, note: 'for the audit' } },
    'GET /v1/requests': { path: '/requests' },
    'POST /v1/requests/{id}': {
      path: `/requests/${request.id}`,
      body: { answer: 'decline', reply: 'not this quarter' },
    },
    'DELETE /v1/requests/{id}': { path: `/requests/${request.id}` },
    'GET /v1/admin/requests': { path: '/admin/requests' },
    'POST /v1/admin/import': { path: '/admin/import', body: { events: [{ ...event, id: 'sample-import' }] } },
    'POST /v1/admin/results': {
      path: '/admin/results',
      body: { prompt: 'seats_in_use', days: 7, since: time },
    },
    'POST /v1/admin/doctor': { path: '/admin/doctor', body: { after: 'acme', mode: 'look' } },
    'POST /v1/admin/reprice': {
      path: '/admin/reprice',
      body: { plan: 'starter', when: 'renewal', mode: 'look', accounts: ['acme'], after: 'acme' },
    },
    'POST /v1/webhooks/stripe': { path: '/webhooks/stripe', body: { id: 'evt_made_up', type: 'invoice.paid' } },
  }
  const wire = harness.softgate.services.routes.map((route) => route.key).filter((key) => key.includes('/v1/'))
  expect(
    wire.filter((key) => !(key in samples)),
    'every route has a sample here',
  ).toEqual([])
  expect(
    Object.keys(samples).filter((key) => !wire.includes(key)),
    'every sample has a route',
  ).toEqual([])
  return { ...harness, samples }
}

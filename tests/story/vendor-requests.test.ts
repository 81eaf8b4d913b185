import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AccessRequest, GateAnswer, State, VendorRequest } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { postRequests } from '../../server/src/gateways/webhook/post-requests.ts'
import { until } from '../support/browser.ts'
import { cleanup } from '../support/cleanup.ts'
import { type HarnessOptions, hour, minute, openHarness, start, subscribe } from '../support/harness.ts'

/** Acme, which pays by invoice, and a server with a hook. */
async function opened(options: HarnessOptions) {
  const harness = await openHarness(options)
  await subscribe(harness, { terms: { collection_method: 'send_invoice', days_until_due: 30 } })
  const [priya, sam] = [harness.as('acme', 'priya'), harness.as('acme', 'sam', [])]
  return { harness, priya, sam }
}

test('an admin whose subscription bills nothing of ours is told so and asks the vendor; nothing is offered', async () => {
  const heard: VendorRequest[] = []
  const harness = await openHarness({ onRequest: (request) => heard.push(request) })
  const { stripe, host } = harness
  const { subscription } = await subscribe(harness)
  const { items } = await stripe.subscriptions.retrieve(subscription)
  const product = await stripe.products.create({ name: 'Advice' })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product: product.id,
  })
  await stripe.subscriptions.update(subscription, { items: [{ id: items.data[0]?.id ?? '', price: price.id }] })
  await host.ok('POST', '/admin/doctor', { mode: 'mend' })
  const priya = harness.as('acme', 'priya')
  expect(await priya.ok<State>('GET', '/state')).toMatchObject({ offers: [], asksVendor: true })
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 90 })
  expect(prompt).toMatchObject({ way: 'ask', offer: null })
  expect(prompt?.copy.body).toBe('Your present subscription cannot be changed here. Ask our team for a quote.')
  await priya.ok('POST', '/requests', { feature: 'seats', quantity: 3 })
  await until(() => heard.length === 1)
  expect(harness.failures).toEqual([])
})

test('the hook hears of what an admin asks the vendor and of every change of it, once, and of no member', async () => {
  const heard: VendorRequest[] = []
  const { harness, priya, sam } = await opened({ onRequest: (request) => heard.push(request) })
  await sam.ok('POST', '/requests', { feature: 'seats' })
  const asked = await priya.ok<AccessRequest>('POST', '/requests', { feature: 'seats', quantity: 3, note: 'In May' })
  await until(() => heard.length === 1)
  const updatedAt = new Date(start).toISOString()
  expect(heard).toEqual([{ ...asked, account: 'acme', accountName: 'acme', updatedAt }])
  await harness.clock.advance(minute)
  await priya.ok('POST', '/requests', { feature: 'seats', quantity: 4 })
  await priya.ok('DELETE', `/requests/${asked.id}`)
  await until(() => heard.at(-1)?.status === 'withdrawn')
  const before = heard.length
  await harness.softgate.services.sweep()
  await harness.clock.advance(hour)
  expect(heard.length, 'what was heard is not told again').toBe(before)
  expect(harness.failures).toEqual([])
})

test('a hook that fails is told again after growing waits; another server goes on where one died in the middle', async () => {
  let [times, fails] = [0, true]
  const { harness, priya } = await opened({
    onRequest() {
      times++
      if (fails) throw new Error('no pager')
    },
  })
  const { softgate, clock, failures } = harness
  const told = async (count: number): Promise<void> => {
    await softgate.services.sweep()
    await until(() => times === count && failures.length === count)
  }
  await priya.ok('POST', '/requests', { feature: 'sso' })
  await until(() => failures.length === 1)
  expect(failures[0]).toMatch(/^telling the vendor of the request req_\w+ of acme: no pager$/)
  await told(1)
  await clock.advance(30_000)
  await told(2)
  await clock.advance(29_000)
  await told(2)
  await clock.advance(1_000)
  await told(3)
  await clock.advance(59_000)
  await told(3)
  fails = false
  const heard: string[] = []
  const other = await harness.again({
    // As if it died with the first that it heard.
    onRequest: ({ feature }) => (heard.push(feature) === 1 ? new Promise(() => {}) : undefined),
  })
  await clock.advance(1_000)
  await other.services.sweep()
  await until(() => heard.length === 1)
  await softgate.services.sweep()
  await until(() => times === 4)
  await softgate.services.sweep()
  await clock.advance(hour)
  expect([times, heard]).toEqual([4, ['sso']])
})

test('what is posted is signed as Standard Webhooks says, and only an answer of 200 to 299 counts', async () => {
  const secret = `whsec_${Buffer.from('a secret that both sides know').toString('base64')}`
  const posted: { id: string; body: string }[] = []
  let status = 302
  const page = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
    const expected = createHmac('sha256', 'a secret that both sides know')
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64')
    expect([signature, timestamp]).toEqual([`v1,${expected}`, String(Math.floor(harness.clock.now() / 1_000))])
    posted.push({ id: String(id), body })
    response.writeHead(status, { location: '/elsewhere' }).end('heard')
  })
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  cleanup(() => void page.close())
  const address = page.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`
  const { harness, priya } = await opened({
    onRequest: async (request) => postRequests({ url, secret, clock: harness.clock })(request),
  })
  const asked = await priya.ok<AccessRequest>('POST', '/requests', { feature: 'seats', quantity: 3 })
  await until(() => harness.failures.length === 1)
  expect(harness.failures[0]).toContain(`${url} answered 302. It is told again later.`)
  status = 204
  await harness.clock.advance(minute)
  await harness.softgate.services.sweep()
  await until(() => posted.length === 2)
  expect(posted[1], 'told again, it is the same').toEqual(posted[0])
  const { type, timestamp, data } = JSON.parse(posted[1]?.body ?? '')
  expect([type, timestamp, data]).toMatchObject(['request.open', asked.createdAt, { ...asked, account: 'acme' }])
})

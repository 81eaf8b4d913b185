import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createStripeSandbox } from '../../server/sandbox/index.ts'
import { clientAt, DAY, openShop, price, START, subscribed, useCard } from './shop.ts'

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'stripe.db')
}

test('everything survives a restart: objects, ids, keys, time, faultless journal and pending events', async () => {
  const file = temporaryFile()
  const first = await openShop({ file, fetch: async () => new Response(null, { status: 500 }) })
  await first.stripe.webhookEndpoints.create({ url: 'http://receiver.test', enabled_events: ['customer.created'] })
  const made = await first.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k1' })
  await first.sandbox.clock.advance(DAY)
  const journal = first.sandbox.control.journal()
  await first.sandbox.close()

  const heard: string[] = []
  const second = await openShop({
    file,
    fetch: async (_url, init) => {
      heard.push(String(init?.body))
      return new Response()
    },
  })
  expect(second.sandbox.clock.now()).toBe(START + DAY)
  expect(second.sandbox.control.journal()).toEqual(journal)
  await second.sandbox.control.webhooks.flush()
  expect(heard).toHaveLength(1)
  const replay = await second.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k1' })
  expect(replay.id).toBe(made.id)
  expect((await second.stripe.customers.create({})).id).not.toBe(made.id)
})

test('a pending update can be paid after a restart', async () => {
  const file = temporaryFile()
  const first = await openShop({ file })
  const plan = await price(first.stripe, 'Standard', 1000)
  const { subscription, item, customer } = await subscribed(first.stripe, plan)
  await useCard(first.stripe, customer.id, 'pm_card_chargeCustomerFail')
  await first.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 3 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  await first.sandbox.close()
  const { stripe } = await openShop({ file })
  const waiting = await stripe.subscriptions.retrieve(subscription.id)
  await stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: 'pm_card_visa' })
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.quantity).toBe(3)
})

test('a file belongs to one sandbox at a time', async () => {
  const file = temporaryFile()
  await openShop({ file })
  expect(() => createStripeSandbox({ file })).toThrow(/locked/)
})

async function start(file: string): Promise<{ process: ChildProcess; port: number }> {
  const script = fileURLToPath(new URL('./serve.ts', import.meta.url))
  const typescript = new URL('../../.ci/typescript.mjs', import.meta.url).href
  const child = spawn(process.execPath, [`--import=${typescript}`, script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout }))
    return { process: child, port: Number(new URL(line).port) }
  throw new Error('the sandbox did not start')
}

test('what was answered is still true after a kill', async () => {
  const file = temporaryFile()
  const first = await start(file)
  const stripe = clientAt(first.port)
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  const named = await stripe.customers.create({ name: 'Last' }, { idempotencyKey: 'last' })
  first.process.kill('SIGKILL')
  await once(first.process, 'exit')

  const again = clientAt((await start(file)).port)
  expect((await again.subscriptions.retrieve(subscription.id)).status).toBe('active')
  const replay = await again.customers.create({ name: 'Last' }, { idempotencyKey: 'last' })
  expect(replay.id).toBe(named.id)
  expect(replay.lastResponse.headers['idempotent-replayed']).toBe('true')
})

test('a port that is taken is refused', async () => {
  const { url } = await openShop()
  const other = createStripeSandbox()
  onTestFinished(() => other.close())
  await expect(other.listen(Number(new URL(url).port))).rejects.toThrow(/EADDRINUSE/)
})

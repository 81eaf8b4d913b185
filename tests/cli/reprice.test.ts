import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStripeClient } from '@softgate/server'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { cleanup } from '../support/cleanup.ts'
import { done, root, softgate } from '../support/cli.ts'

const subscribers = 12

test('subscribers of an older price move: shown with what it comes to, done when told, gone on with when broken off', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-cli-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  await done(folder, ['init'])
  const dev = softgate(folder, ['dev', '--port', '0'])
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('ready')
  const find = (pattern: RegExp): string => pattern.exec(dev.output())?.[1] ?? ''
  const url = find(/backend +(\S+)/)
  const env = { SOFTGATE_SECRET_KEY: find(/secret +(\S+)/) }
  const stripe = createStripeClient({
    secretKey: find(/(sk_test_\w+)/),
    apiUrl: find(/stripe +(\S+?)\/_sandbox/),
    webhookSecret: undefined,
  })
  const host = createApi(fetch, `${url}/v1`, env.SOFTGATE_SECRET_KEY)
  const [price] = (await stripe.prices.list({ lookup_keys: ['softgate_team_month_usd'] })).data
  for (let i = 0; i < subscribers; i++) {
    const id = `a${String(i).padStart(2, '0')}`
    const customer = await stripe.customers.create({ name: id })
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price?.id ?? '', quantity: 5 }] })
    await host.ok('PUT', `/accounts/${id}`, { stripeCustomerId: customer.id })
  }
  const args = ['reprice', 'team', '--url', url]
  expect(await done(folder, args, env)).toEqual({ code: 0, text: 'Every subscriber pays the present price.\n' })

  expect(await done(folder, ['reprice', '--url', url], env)).toEqual({
    code: 1,
    text: 'softgate: Name the plan, or an add-on with --addon.\n',
  })
  expect((await done(folder, ['reprice', '--addon', 'gone', '--url', url], env)).text).toContain(
    'The catalogue sells no add-on "gone".',
  )

  const config = join(folder, 'softgate.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace('unitAmount: 1200', 'unitAmount: 1500'))
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('ready again')
  const shown = await done(folder, [...args, '--except', 'a00,a03', '--dry-run'], env)
  expect(shown.code).toBe(0)
  expect(shown.text).toContain('= a00: keeps 5 at $60.00 a month. It is excepted.')
  expect(shown.text).toMatch(/~ a01: 5 at \$60\.00 → \$75\.00 a month, from \d{4}-\d\d-\d\d\n/)
  expect(shown.text).toContain(
    '$7,200.00 → $9,000.00 a year (+$1,800.00), before discounts and tax.\nNothing was changed.',
  )
  expect(await done(folder, args, env)).toMatchObject({ code: 1, text: expect.stringContaining('Apply with --yes') })

  const scheduled = async () => (await stripe.subscriptionSchedules.list({ limit: 100 })).data.length
  const broken = softgate(folder, [...args, '--yes'], env)
  await expect.poll(scheduled, { timeout: 120_000, interval: 5 }).toBeGreaterThan(0)
  broken.child.kill('SIGKILL')
  await broken.ended
  // What it has asked for last may still be under way; asking again does not double it.
  expect((await done(folder, [...args, '--yes'], env)).code).toBe(0)
  expect(await scheduled()).toBe(subscribers)
  const again = await done(folder, [...args, '--yes'], env)
  expect(again.text.match(/→ \$75\.00 a month, waits for/g)).toHaveLength(subscribers)
  expect(again.text).toContain('There is nobody to move.')
})

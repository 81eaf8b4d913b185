import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Account, Decision, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy } from '../support/buying.ts'
import { cleanup } from '../support/cleanup.ts'
import { run, startDemo } from '../support/demo.ts'
import { freshFolder } from '../support/folder.ts'
import { freshPostgres } from '../support/postgres.ts'

const seats = { account: 'acme', feature: 'seats' }

test('the first line of --json says where everything is, and the accounts are as promised', async () => {
  const demo = await startDemo({ data: freshFolder() })
  expect(demo).toMatchObject({ ready: true, console: null })
  expect(demo.app).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(demo.backend).toBe(`${demo.app}/softgate`)
  expect(demo.secretKey).toMatch(/^sg_test_/)
  expect(demo.stripeKey).toMatch(/^sk_test_/)
  const acme = await demo.host.ok<Account>('GET', '/accounts/acme')
  expect(acme).toMatchObject({
    plan: 'starter',
    subscription: { status: 'active', interval: 'month', quantities: { seats: 5 } },
  })
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ state: 'blocked', used: 5, limit: 5 })
  expect(await demo.host.ok<Account>('GET', '/accounts/birch')).toMatchObject({ plan: 'free', subscription: null })
  expect(await demo.host.ok<Account>('GET', '/accounts/cobalt')).toMatchObject({
    plan: 'business',
    subscription: { interval: 'year' },
  })
  const customer = await demo.stripeClient.customers.retrieve(acme.stripeCustomerId ?? '', {
    expand: ['invoice_settings.default_payment_method'],
  })
  expect(customer).toMatchObject({ invoice_settings: { default_payment_method: { card: { last4: '4242' } } } })
})

test('a person reads the addresses and "ready"', async () => {
  const { ready } = run({ data: freshFolder(), args: [] })
  const lines = (await ready).trim().split('\n')
  expect(lines.at(-1)).toBe('ready')
  expect(lines[0]).toMatch(/^TeamFlow +http:\/\/127\.0\.0\.1:\d+/)
})

test('a second start keeps the data, --reset begins anew', async () => {
  const data = freshFolder()
  const first = await startDemo({ data })
  await first.host.ok('PUT', '/accounts/acme', { name: 'Acme renamed' })
  const exports = await first.host.ok<Decision>('POST', '/consume', {
    id: 'one-export',
    account: 'acme',
    feature: 'exports',
  })
  expect(await first.stop()).toBe(0)
  // Also in the middle of the webhooks with which it begins.
  expect(first.output.stderr).toBe('')

  const second = await startDemo({ data })
  expect(second.secretKey).toBe(first.secretKey)
  expect(await second.host.ok<Account>('GET', '/accounts/acme')).toMatchObject({ name: 'Acme renamed' })
  expect(await second.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'exports' })).toMatchObject({
    used: exports.used,
  })
  await second.stop()

  const third = await startDemo({ data, args: ['--json', '--reset'] })
  expect(third.secretKey).not.toBe(first.secretKey)
  expect(await third.host.ok<Account>('GET', '/accounts/acme')).toMatchObject({ name: 'Acme' })
})

test('a month is advanced on the local Stripe: it renews, counters begin again, what waited is in force, and tokens still hold', async () => {
  const demo = await startDemo({ data: freshFolder() })
  const priya = () => demo.as('acme', 'priya')
  const state = () => priya().ok<State>('GET', '/state')
  const exports = async () =>
    (await demo.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'exports' })).used
  await demo.host.ok('POST', '/consume', { id: 'one', account: 'acme', feature: 'exports', quantity: 3 })
  await buy(priya(), { kind: 'switch', title: 'Professional', interval: 'month' })
  await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month' })
  const before = await demo.host.ok<Account>('GET', '/accounts/acme')
  expect([before.plan, (await state()).pending?.plan.key]).toEqual(['professional', 'starter'])
  expect(await exports()).toBeGreaterThanOrEqual(3)

  await demo.control('/clock/advance', { ms: 32 * 86_400_000 })
  await expect.poll(async () => (await demo.host.ok<Account>('GET', '/accounts/acme')).plan).toBe('starter')
  const after = await demo.host.ok<Account>('GET', '/accounts/acme')
  expect(after.subscription?.currentPeriodStart).toBe(before.subscription?.currentPeriodEnd)
  expect([(await state()).pending, await exports()]).toEqual([null, 0])
  await demo.host.ok('POST', '/consume', { id: 'two', account: 'acme', feature: 'exports' })
  expect(await exports()).toBe(1)
  expect(await demo.stop()).toBe(0)
  expect(demo.output.stderr).toBe('')
})

test('DATABASE_URL keeps the data in PostgreSQL', async () => {
  const options = { data: freshFolder(), databaseUrl: await freshPostgres() }
  const first = await startDemo(options)
  expect(await first.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ state: 'blocked', used: 5, limit: 5 })
  await first.stop()
  const second = await startDemo(options)
  expect(await second.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ state: 'blocked', used: 5, limit: 5 })
})

const oneLine = async (options: Parameters<typeof run>[0]): Promise<string> => {
  const { exited, output } = run(options)
  expect(await exited).toBe(1)
  expect(output.stdout).toBe('')
  expect(output.stderr.trim().split('\n')).toHaveLength(1)
  return output.stderr
}

test('a busy port gets one clear line', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => server.close())
  const { port } = server.address() as { port: number }
  expect(await oneLine({ data: freshFolder(), port })).toContain(`Port ${port} is busy`)
})

test('a data folder that another start uses gets one clear line', async () => {
  const data = freshFolder()
  await startDemo({ data })
  expect(await oneLine({ data })).toContain(`The data folder ${data} is in use by another Softgate`)
})

test('a PORT that is none and an unknown argument get one clear line', async () => {
  expect(await oneLine({ data: freshFolder(), env: { PORT: 'eighty' } })).toContain('PORT is "eighty"')
  expect(await oneLine({ data: freshFolder(), args: ['--jsno'] })).toContain('--jsno is not known')
})

test('a data folder that cannot be written gets one clear line', async () => {
  const folder = freshFolder()
  // Root may write into any folder, but nobody into one that is a file.
  const isRoot = process.getuid?.() === 0
  if (isRoot) writeFileSync(join(folder, 'file'), '')
  else chmodSync(folder, 0o500)
  const data = isRoot ? join(folder, 'file', 'data') : join(folder, 'data')
  expect(await oneLine({ data })).toContain(`The data folder ${data} cannot be written`)
})

test('a PostgreSQL that does not answer gets one clear line', async () => {
  expect(await oneLine({ data: freshFolder(), databaseUrl: 'postgres://nobody@127.0.0.1:9/none' })).toContain(
    'DATABASE_URL does not answer',
  )
})

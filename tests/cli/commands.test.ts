import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { done, root, softgate } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'

/** A folder in which a project could begin: it has the packages and nothing else. */
function project(): string {
  const folder = freshFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

test('from nothing: init, dev, push and doctor, and dev follows the file', async () => {
  const folder = project()
  const began = await done(folder, ['init'])
  expect(began.code).toBe(0)
  const key = /SOFTGATE_SECRET_KEY=(sg_test_\w+)/.exec(began.text)?.[1] ?? ''
  const dev = softgate(folder, ['dev', '--port', '0'], { SOFTGATE_SECRET_KEY: key })
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('ready')
  const find = (pattern: RegExp): string => pattern.exec(dev.output())?.[1] ?? ''
  const url = find(/backend +(\S+)/)
  expect(find(/secret +(\S+)/)).toBe(key)
  const env = {
    SOFTGATE_SECRET_KEY: key,
    STRIPE_SECRET_KEY: find(/(sk_test_\w+)/),
    STRIPE_API_URL: find(/stripe +(\S+?)\/_sandbox/),
  }
  expect(await done(folder, ['push'], env)).toEqual({ code: 0, text: 'Stripe is as the catalogue says.\n' })
  // Nothing is left to set before the first purchase can be tried.
  const host = createApi(fetch, `${url}/v1`, env.SOFTGATE_SECRET_KEY)
  await host.ok('PUT', '/accounts/acme', { name: 'Acme' })
  await host.ok('PUT', '/accounts/acme/users/priya', { role: 'owner' })
  const { offers } = await host.ok<State>('GET', '/state?account=acme&user=priya')
  expect(offers.map(({ title }) => title)).toEqual(['Team', 'Business'])

  const config = join(folder, 'softgate.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace('unitAmount: 1200', 'unitAmount: 1500'))
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('ready again')
  expect(await done(folder, ['doctor', '--url', url], env)).toEqual({
    code: 0,
    text: 'Catalogue, database and Stripe agree.\n',
  })
  writeFileSync(config, readFileSync(config, 'utf8').replace('unitAmount: 1500', 'unitAmount: 1300'))
  await expect.poll(() => dev.output().split('ready again').length, { timeout: 120_000 }).toBe(3)
  writeFileSync(config, 'export default {')
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('The last good configuration goes on.')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  dev.child.kill('SIGTERM')
  expect(await dev.ended).toBe(0)
})

test('a push shows what it would do, and does it only when told', async () => {
  const folder = project()
  await done(folder, ['init'])
  const dev = softgate(folder, ['dev', '--port', '0'])
  await expect.poll(dev.output, { timeout: 120_000 }).toContain('ready')
  const env = {
    STRIPE_SECRET_KEY: /(sk_test_\w+)/.exec(dev.output())?.[1] ?? '',
    STRIPE_API_URL: /stripe +(\S+?)\/_sandbox/.exec(dev.output())?.[1] ?? '',
  }
  const other = join(folder, 'other.config.ts')
  writeFileSync(
    other,
    readFileSync(join(folder, 'softgate.config.ts'), 'utf8').replace('unitAmount: 1200', 'unitAmount: 1300'),
  )
  const args = ['push', '--config', 'other.config.ts']
  const change =
    /~ price {3}softgate_team_month_usd from \$12\.00 a month to \$13\.00 a month; subscribers of price_\w+ keep theirs/
  expect(await done(folder, [...args, '--dry-run'], env)).toMatchObject({
    code: 0,
    text: expect.stringMatching(change),
  })
  expect(await done(folder, args, env)).toMatchObject({ code: 1, text: expect.stringContaining('Apply with --yes') })
  expect((await done(folder, [...args, '--yes'], env)).text).toContain('Made 1 change at Stripe.')
  expect(await done(folder, [...args, '--yes'], env)).toEqual({ code: 0, text: 'Stripe is as the catalogue says.\n' })
})

test('what is missing is said in a line, with what to do', async () => {
  const folder = project()
  const lines: [string[], Record<string, string>, string][] = [
    [['start'], {}, 'SOFTGATE_SECRET_KEY is not set. "softgate init" makes one.'],
    [
      ['start'],
      { SOFTGATE_SECRET_KEY: 'secret' },
      'SOFTGATE_SECRET_KEY: every key must begin with sg_test_ or sg_live_',
    ],
    [['push', '--config', 'none.ts'], {}, 'There is no none.ts. Write one with "softgate init"'],
    [
      ['doctor', '--url', 'http://127.0.0.1:9'],
      { SOFTGATE_SECRET_KEY: `sg_test_${'a'.repeat(24)}` },
      'No backend answers at',
    ],
    [['push'], { STRIPE_SECRET_KEY: 'pk_test_1' }, 'There is no softgate.config.ts'],
    [
      ['start', '--config', 'off.mjs'],
      { SOFTGATE_SECRET_KEY: `sg_test_${'a'.repeat(24)}`, SOFTGATE_REQUESTS_URL: 'http://127.0.0.1:9/hook' },
      'SOFTGATE_REQUESTS_SECRET is not set: what is posted to SOFTGATE_REQUESTS_URL is signed with it.',
    ],
    [['dev', '--prot', '1'], {}, '--prot is not known. "--help" says what the command takes.'],
    [['push', 'all'], {}, 'all is not known.'],
    [['start', '--port', 'abc'], {}, '--port is "abc"; it must be a number from 0 to 65535.'],
    [['dev', '--config', 'other.mjs'], {}, 'other.mjs must export what defineConfig makes'],
    [['dev', '--config', 'old.mjs'], {}, 'old.mjs lacks "changes.onReversal": the @softgate/server that it imports'],
  ]
  writeFileSync(join(folder, 'other.mjs'), 'export default {}')
  const { onReversal: _, ...changes } = teamflow.changes
  const older = JSON.stringify({ ...teamflow, changes })
  writeFileSync(join(folder, 'old.mjs'), `export default ${older}`)
  const answers = await Promise.all(lines.map(([args, env]) => done(folder, args, env)))
  for (const [i, [, , words]] of lines.entries()) {
    expect(answers[i]?.text).toContain(`softgate: ${words}`)
    expect(answers[i]?.code).toBe(1)
  }
  writeFileSync(join(folder, 'off.mjs'), `export default ${JSON.stringify({ ...teamflow, billing: 'off' })}`)
  expect(await done(folder, ['push', '--config', 'off.mjs'])).toEqual({
    code: 0,
    text: "The catalogue says billing: 'off': nothing of it is at Stripe.\n",
  })
})

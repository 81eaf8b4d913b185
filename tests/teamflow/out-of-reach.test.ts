import type { Decision } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { seedTeamflow } from '../../examples/teamflow/app/seed.ts'
import { createTeamflow } from '../../examples/teamflow/app/server.ts'
import { openStore } from '../../examples/teamflow/app/store/index.ts'
import { teamflowAccounts } from '../../examples/teamflow/seed.ts'
import { cleanup } from '../support/cleanup.ts'
import { invite, openTeamflow, signIn } from '../support/teamflow.ts'

/** TeamFlow on its own, with Softgate behind an address that can be cut off. */
async function apart() {
  const { backend: url, secretKey, host } = await openTeamflow()
  let connection = new AbortController()
  let isUp = true
  const line = {
    cut() {
      isUp = false
      connection.abort()
    },
    mend() {
      connection = new AbortController()
      isUp = true
    },
  }
  const store = openStore(null)
  seedTeamflow(store, teamflowAccounts)
  const teamflow = await createTeamflow({
    store,
    secretKey,
    tickMs: 200,
    backend: async (request) => {
      if (!isUp) throw new Error('cut off')
      const { pathname, search } = new URL(request.url)
      const body = request.method === 'GET' ? null : await request.text()
      const headers = new Headers(request.headers)
      for (const name of ['host', 'connection', 'content-length', 'accept-encoding']) headers.delete(name)
      return fetch(`${url}${pathname}${search}`, {
        method: request.method,
        headers,
        body,
        signal: AbortSignal.any([request.signal, connection.signal]),
      })
    },
  })
  const { url: app, close } = await listen(teamflow.app, { port: 0 })
  cleanup(async () => {
    await close()
    await teamflow.close()
  })
  return { app, line, host, tick: teamflow.tick }
}

test('with Softgate out of reach TeamFlow works from its last state, says so, and what was used meanwhile arrives once', async () => {
  const { app, line, host, tick } = await apart()
  const used = async (feature: string) =>
    (await host.ok<Decision>('POST', '/check', { account: 'acme', feature })).used ?? 0
  const before = { exports: await used('exports'), automations: await used('automations') }
  const { page } = await signIn(app, 'Priya Nair')
  await page.goto('/settings/usage')
  const exports = page.locator('main softgate-meter[feature=exports]')
  const value = exports.locator('[part=value]')
  await value.filter({ hasText: `${before.exports} of 50` }).waitFor()
  await page.waitForFunction(() => document.documentElement.dataset['softgate'] === 'live')
  line.cut()

  // The page comes up again as it was, and says from when that is; live figures are never claimed.
  await page.reload()
  await exports.getByText(/As of \d+:\d\d [AP]M/).waitFor()
  await value.filter({ hasText: `${before.exports} of 50` }).waitFor()
  await page.getByText(/Limits as of \d+:\d\d [AP]M/).waitFor()
  expect(await page.evaluate(() => document.documentElement.dataset['softgate'])).toBe('offline')

  // The boards are TeamFlow's own; exports are allowed as far as is known.
  await page.goto('/projects/website-relaunch')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export to CSV' }).click()
  expect((await download).suggestedFilename()).toBe('website-relaunch.csv')
  await page.getByRole('button', { name: 'Move Pricing page: copy and table to Done' }).click()

  // The last known limit still holds, and what was typed is kept.
  await invite(page, 'maya@acme.example')
  await page.getByText('Seats cannot be added right now. Nothing was charged.').waitFor()
  await page.getByRole('button', { name: 'Keep it until a seat is free' }).click()
  await page.getByText('Waits for a seat').waitFor()

  line.mend()
  await tick()
  await expect.poll(() => used('exports')).toBe(before.exports + 1)
  await expect.poll(() => used('automations')).toBe(before.automations + 1)
  await page.waitForFunction(() => document.documentElement.dataset['softgate'] === 'live', null, { timeout: 120_000 })
  await tick()
  expect([await used('exports'), await used('automations')]).toEqual([before.exports + 1, before.automations + 1])
})

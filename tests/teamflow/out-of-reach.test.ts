import type { Decision } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { seedTeamflow } from '../../examples/teamflow/app/seed.ts'
import { createTeamflow } from '../../examples/teamflow/app/server.ts'
import { openStore } from '../../examples/teamflow/app/store/index.ts'
import { teamflowAccounts } from '../../examples/teamflow/seed.ts'
import { cleanup } from '../support/cleanup.ts'
import { invite, openTeamflow, signIn } from '../support/teamflow.ts'

/** TeamFlow in a process of its own, with Softgate behind an address that can be cut off. */
async function apart() {
  const { backend: url, secretKey, host } = await openTeamflow()
  const line = { up: true }
  const store = openStore(null)
  seedTeamflow(store, teamflowAccounts)
  const teamflow = await createTeamflow({
    store,
    secretKey,
    tickMs: 200,
    backend: async (request) => {
      if (!line.up) throw new Error('cut off')
      const { pathname, search } = new URL(request.url)
      const body = request.method === 'GET' ? null : await request.text()
      const headers = new Headers(request.headers)
      for (const name of ['host', 'connection', 'content-length', 'accept-encoding']) headers.delete(name)
      return fetch(`${url}${pathname}${search}`, { method: request.method, headers, body, signal: request.signal })
    },
  })
  const { url: app, close } = await listen(teamflow.app, { port: 0 })
  cleanup(async () => {
    await close()
    await teamflow.close()
  })
  return { app, line, host }
}

test('with Softgate out of reach TeamFlow works from its last state, and what was used meanwhile arrives later', async () => {
  const { app, line, host } = await apart()
  const used = async (feature: string) =>
    (await host.ok<Decision>('POST', '/check', { account: 'acme', feature })).used ?? 0
  const before = { exports: await used('exports'), automations: await used('automations') }
  const { page } = await signIn(app, 'Priya Nair')
  await page.goto('/settings/usage')
  line.up = false

  // The boards are TeamFlow's own; exports are allowed as far as is known.
  await page.goto('/projects/website-relaunch')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export to CSV' }).click()
  expect((await download).suggestedFilename()).toBe('website-relaunch.csv')
  await page.getByRole('button', { name: 'Move Pricing page: copy and table to Done' }).click()
  await page.goto('/settings/usage')
  await page.getByText('Latest exports').waitFor()
  expect(await page.locator('softgate-meter[feature=exports] .figures').textContent()).toBe(
    `${before.exports + 1} of 50`,
  )

  // The last known limit still holds, and what was typed is kept.
  await invite(page, 'maya@acme.example')
  await page.getByText('Seats cannot be added right now. Nothing was charged.').waitFor()
  await page.getByRole('button', { name: 'Keep it until a seat is free' }).click()
  await page.getByText('Waits for a seat').waitFor()

  line.up = true
  await expect.poll(() => used('exports')).toBe(before.exports + 1)
  await expect.poll(() => used('automations')).toBe(before.automations + 1)
})

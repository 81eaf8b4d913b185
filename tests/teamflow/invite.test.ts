import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { invite, openTeamflow, signIn } from '../support/teamflow.ts'

const seats = { account: 'acme', feature: 'seats' }

test('an invitation past the last seat is blocked, kept, and goes out by itself when there is a seat', async () => {
  const demo = await openTeamflow()
  const { page } = await signIn(demo.app, 'Sam Ortiz')
  await invite(page, 'maya@acme.example, jonas@acme.example')
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  await page.getByText('2 more are needed for Maya and Jonas').waitFor()
  await page.getByText('maya@acme.example').waitFor() // nothing that was typed is lost
  await page.getByRole('button', { name: 'Keep them until seats are free' }).click()
  await expect.poll(() => page.getByText('Waits for a seat').count()).toBe(2)

  const priya = await signIn(demo.app, 'Priya Nair')
  await priya.page.goto('/settings/members')
  await priya.page.getByRole('button', { name: 'Remove Aiko Tanaka' }).click()
  await expect.poll(() => page.getByText('Waits for a seat').count()).toBe(1)
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 5, limit: 5, state: 'blocked' })
})

test('a purchase in another tab lets the waiting invitation out', async () => {
  const demo = await openTeamflow()
  const { page } = await signIn(demo.app, 'Priya Nair')
  await invite(page, 'maya@acme.example')
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  await page.getByRole('button', { name: 'Keep it until a seat is free' }).click()
  await page.getByText('Waits for a seat').waitFor()

  const priya = demo.as('acme', 'priya')
  const gate = await priya.ok<{ prompt: { offer: { id: string } } }>('POST', '/gates', { feature: 'seats' })
  const quote = await priya.ok<{ id: string }>('POST', '/quotes', { offer: gate.prompt.offer.id, quantity: 1 })
  expect(await priya.ok('POST', '/upgrades', { quote: quote.id })).toMatchObject({ status: 'applied' })
  await expect.poll(() => page.getByRole('region', { name: 'Invited' }).textContent()).not.toContain('Waits')
  await page.getByText('6 of 6 seats').waitFor()
})

test('the server enforces, whatever the page claims', async () => {
  const demo = await openTeamflow()
  const { page } = await signIn(demo.app, 'Priya Nair')
  const answer = await page.evaluate(async () => {
    const body = new URLSearchParams({ emails: 'mallory@acme.example', allowed: 'true', outcome: 'upgraded' })
    const response = await fetch('/settings/members/invitations', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body,
    })
    return response.json()
  })
  expect(answer).toMatchObject({ outcome: 'blocked', decision: { allowed: false } })

  // A page that is told the seat is there asks the server again, and is told no.
  await page.route('**/softgate/v1/gates', (route) =>
    route.fulfill({ json: { decision: { feature: 'seats', allowed: true, state: 'ok' }, prompt: null } }),
  )
  await invite(page, 'mallory@acme.example')
  await page.getByText('1 more is needed for Mallory').waitFor()
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 5 })
  await page.reload()
  expect(await page.getByText('mallory@acme.example').count()).toBe(0)

  // A member removes nobody; an export past the limit is not made.
  const sam = await signIn(demo.app, 'Sam Ortiz')
  const removed = await sam.page.evaluate(
    async () => (await fetch('/settings/members/tom/remove', { method: 'POST' })).status,
  )
  expect(removed).toBe(403)
  const exports = { account: 'acme', feature: 'exports' }
  const { remaining: quantity } = await demo.host.ok<Decision>('POST', '/check', exports)
  await demo.host.ok('POST', '/consume', { ...exports, id: 'all-of-them', quantity })
  await page.goto('/projects/website-relaunch')
  await page.getByRole('button', { name: 'Export to CSV' }).click()
  await page.getByText('No exports are left in this period.').waitFor()
})

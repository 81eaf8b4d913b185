import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, invite, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

test('an admin invites past the limit, picks seats, pays once what the button says, and the invitation goes on by itself', async () => {
  const demo = await openTeamflow()
  const { page, context, errors } = await signIn(demo.app, 'Priya Nair')
  const otherTab = await context.newPage()
  await otherTab.goto('/settings/usage')
  const tom = await signIn(demo.app, 'Tom Becker')
  await tom.page.goto('/settings/members')
  const before = await chargesOf(demo)

  await invite(page, 'maya@acme.example, jonas@acme.example')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('All 5 seats are in use').waitFor()
  const pay = dialog.getByRole('button', { name: /^Add \d seats? for \$/ })
  const two = await priceOn(pay)

  // The quote follows the stepper, there and back.
  await dialog.getByRole('button', { name: 'One seat more' }).click()
  const three = await priceOn(dialog.getByRole('button', { name: /^Add 3 seats for / }))
  expect(three).toBeGreaterThan(two)
  await dialog.getByRole('button', { name: 'One seat fewer' }).click()
  const shown = await priceOn(dialog.getByRole('button', { name: /^Add 2 seats for / }))
  // The rest of the period gets shorter while this runs: a cent may have gone.
  expect(two - shown).toBeOneOf([0, 1])
  expect(await chargesOf(demo)).toEqual(before)
  await takePictures(page, 'story upgrade')

  await pay.click()
  // `gate('seats')` has resolved: while the receipt is still shown, the invitation has gone on.
  await page.getByText('Maya and Jonas are invited').waitFor()
  await dialog.getByText('Acme has 7 seats').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, shown])

  // Pushed into the other tab and into another person's browser, neither of which was reloaded.
  await otherTab.locator('softgate-meter[feature=seats]').filter({ hasText: '7 of 7' }).first().waitFor()
  await tom.page.getByText('7 of 7 seats').waitFor()
  await dialog.getByRole('button', { name: /Continue/ }).click()
  await page.getByText('7 of 7 seats').waitFor()
  const seats = { account: 'acme', feature: 'seats' }
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 7, limit: 7 })
  expect([...errors, ...tom.errors]).toEqual([])
  expect((await context.cookies()).every(({ httpOnly }) => httpOnly)).toBe(true)
})

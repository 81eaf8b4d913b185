import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { invite, openTeamflow, signIn } from '../support/teamflow.ts'

const seats = { account: 'acme', feature: 'seats' }

test('an admin invites past the limit, buys two seats in one click at the price on the button, and the invitation goes on', async () => {
  const demo = await openTeamflow()
  const { page, context, errors } = await signIn(demo.app, 'Priya Nair')
  const tom = await signIn(demo.app, 'Tom Becker')
  await tom.page.goto('/settings/usage')

  await invite(page, 'maya@acme.example, jonas@acme.example')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('All 5 seats are in use').waitFor()
  const pay = dialog.getByRole('button', { name: /^Add 2 seats for \$/ })
  await pay.waitFor()
  const price = Math.round(Number(/\$([\d.]+)/.exec((await pay.textContent()) ?? '')?.[1]) * 100)
  await pay.click()

  // While the receipt is shown the invitation has gone on by itself.
  await page.getByText('Maya and Jonas are invited').waitFor()
  await dialog.getByText('Acme has 7 seats').waitFor()
  const { stripeCustomerId } = await demo.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  const { data } = await demo.stripeClient.invoices.list({ customer: stripeCustomerId, limit: 1 })
  expect(data[0]).toMatchObject({ status: 'paid', amount_paid: price })

  await dialog.getByRole('button', { name: /Continue/ }).click()
  await page.getByText('7 of 7 seats').waitFor()
  await tom.page.getByText('7 of 7').first().waitFor() // pushed into the other window
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 7, limit: 7 })
  expect(errors).toEqual([])
  expect((await context.cookies()).every(({ httpOnly }) => httpOnly)).toBe(true)
})

test('a member asks the admins; the invitation waits, and goes out when one of them has bought a seat', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Sam Ortiz')
  await invite(page, 'nina@acme.example')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('All 5 seats are in use').waitFor()
  expect(await dialog.textContent()).not.toContain('$')
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Waits for a seat').waitFor()
  const { requests } = await demo.as('acme', 'priya').ok<{ requests: { user: string }[] }>('GET', '/requests')
  expect(requests).toMatchObject([{ user: 'sam', feature: 'seats', status: 'open' }])

  const priya = await signIn(demo.app, 'Priya Nair')
  await priya.page.getByRole('button', { name: 'Add seats' }).click()
  await priya.page
    .getByRole('dialog')
    .getByRole('button', { name: /^Add 1 seat for \$/ })
    .click()
  await priya.page.getByText('Acme has 6 seats').waitFor()
  await expect.poll(() => page.getByRole('region', { name: 'Invited' }).textContent()).not.toContain('Waits')
  expect(errors).toEqual([])
})

test('a card that is declined charges nothing and loses nothing', async () => {
  const demo = await openTeamflow()
  const { stripeCustomerId } = await demo.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  const card = await demo.stripeClient.paymentMethods.attach('pm_card_chargeCustomerFail', {
    customer: stripeCustomerId,
  })
  await demo.stripeClient.customers.update(stripeCustomerId, {
    invoice_settings: { default_payment_method: card.id },
  })
  const { page } = await signIn(demo.app, 'Priya Nair')
  await invite(page, 'maya@acme.example')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Add 1 seat for \$/ }).click()
  await dialog.getByText(/declined this card/).waitFor()
  await dialog
    .getByText(/Nothing was charged/)
    .first()
    .waitFor()
  await dialog.getByRole('button', { name: /Not now/ }).click()
  await page.getByText('1 more is needed for Maya').waitFor()
  await page.getByText('maya@acme.example').waitFor()
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 5, limit: 5 })
})

test('a bank that wants to see the user is shown in the page, and the invitation goes on after it', async () => {
  const demo = await openTeamflow()
  const { stripeCustomerId } = await demo.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  const card = await demo.stripeClient.paymentMethods.attach('pm_card_authenticationRequired', {
    customer: stripeCustomerId,
  })
  await demo.stripeClient.customers.update(stripeCustomerId, {
    invoice_settings: { default_payment_method: card.id },
  })
  const { page } = await signIn(demo.app, 'Priya Nair')
  await invite(page, 'maya@acme.example')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Add 1 seat for \$/ })
    .click()
  const bank = page.frameLocator('iframe').first()
  await bank.getByRole('button', { name: /complete|confirm|approve/i }).click()
  await page.getByText('Maya is invited').waitFor()
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 6, limit: 6 })
})

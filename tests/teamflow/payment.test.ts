import type { Account, Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, giveCard, invite, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

const seats = { account: 'acme', feature: 'seats' }
const one = /^Add 1 seat for \$/

test('a bank that wants to see the user is shown in the page, and the invitation goes on after it', async () => {
  const demo = await openTeamflow()
  await giveCard(demo, 'acme', 'pm_card_authenticationRequired')
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  const before = await chargesOf(demo)
  await invite(page, 'maya@acme.example')
  const pay = page.getByRole('dialog').getByRole('button', { name: one })
  const price = await priceOn(pay)
  await pay.click()
  await page.frameLocator('iframe').getByRole('button', { name: 'Approve' }).click()
  await page.getByText('Maya is invited').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(errors).toEqual([])
})

test('a declined card charges nothing and loses nothing; another card pays the same upgrade', async () => {
  const demo = await openTeamflow()
  await giveCard(demo, 'acme', 'pm_card_chargeCustomerFail')
  const { page } = await signIn(demo.app, 'Priya Nair')
  const before = await chargesOf(demo)
  await invite(page, 'maya@acme.example')
  const dialog = page.getByRole('dialog')
  const price = await priceOn(dialog.getByRole('button', { name: one }))
  await dialog.getByRole('button', { name: one }).click()
  await dialog.getByText(/declined this card/).waitFor()
  await dialog
    .getByText(/Nothing was charged/)
    .first()
    .waitFor()
  expect(await chargesOf(demo)).toEqual(before)

  await dialog.getByRole('button', { name: 'Use another card' }).click()
  await page.getByLabel('Card number').fill('4000 0000 0000 0002')
  await dialog.getByRole('button', { name: /^Pay / }).click()
  await dialog.getByText(/declined this card/).waitFor()
  await dialog.getByRole('button', { name: 'Use another card' }).click()
  await page.getByLabel('Card number').fill('5555 5555 5555 4444')
  await dialog.getByLabel('Use this card for future invoices').check()
  await takePictures(page, 'TeamFlow pays with another card')
  await dialog.getByRole('button', { name: /^Pay / }).click()
  await page.getByText('Maya is invited').waitFor()
  await dialog.getByText('Acme has 6 seats').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])
  const { data } = await demo.stripeClient.paymentMethods.list({ limit: 1 })
  const account = await demo.host.ok<Account>('GET', '/accounts/acme')
  const subscription = await demo.stripeClient.subscriptions.retrieve(account.subscription?.id ?? '')
  expect(subscription.default_payment_method).toBe(data[0]?.id)
})

test('after a declined card "Not now" leaves everything as it was', async () => {
  const demo = await openTeamflow()
  await giveCard(demo, 'acme', 'pm_card_chargeCustomerFail')
  const { page } = await signIn(demo.app, 'Priya Nair')
  await invite(page, 'maya@acme.example')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: one }).click()
  await dialog.getByText(/declined this card/).waitFor()
  await dialog.getByRole('button', { name: /Not now/ }).click()
  await page.getByText('1 more is needed for Maya').waitFor()
  await page.getByText('maya@acme.example').waitFor()
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 5, limit: 5 })
})

test('a double click and two tabs that buy at once are one charge', async () => {
  const demo = await openTeamflow()
  const { page, context } = await signIn(demo.app, 'Priya Nair')
  const second = await context.newPage()
  const before = await chargesOf(demo)
  for (const [tab, email] of [
    [page, 'maya@acme.example'],
    [second, 'jonas@acme.example'],
  ] as const)
    await invite(tab, email)
  const pay = page.getByRole('dialog').getByRole('button', { name: one })
  const price = await priceOn(pay)
  await second.getByRole('dialog').getByRole('button', { name: one }).waitFor()
  await pay.dblclick()

  // Both tabs hear of the one seat; it goes to the invitation that is there first.
  const invited = async (): Promise<number> =>
    (await page.getByText('Maya is invited').count()) + (await second.getByText('Jonas is invited').count())
  await expect.poll(invited).toBe(1)
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(await demo.host.ok<Decision>('POST', '/check', seats)).toMatchObject({ used: 6, limit: 6 })
})

test('a page that is reloaded in the middle comes back to the same purchase', async () => {
  const demo = await openTeamflow()
  await giveCard(demo, 'acme', 'pm_card_authenticationRequired')
  const { page } = await signIn(demo.app, 'Priya Nair')
  const before = await chargesOf(demo)
  await invite(page, 'maya@acme.example')
  const dialog = page.getByRole('dialog')
  const price = await priceOn(dialog.getByRole('button', { name: one }))
  await dialog.getByRole('button', { name: one }).click()
  const bank = page.frameLocator('iframe').getByRole('button', { name: 'Approve' })
  await bank.waitFor()
  await page.reload()
  await bank.click()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('5 of 6 seats').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])
})

test('birch goes from Free to Starter with Checkout in the page: reloaded, declined, confirmed with the bank, and never left', async () => {
  const demo = await openTeamflow({ checkout: 'embedded' })
  const { page, errors } = await signIn(demo.app, 'Ben Hale')
  const before = await chargesOf(demo)
  await invite(page, 'mona@birch.example, arlo@birch.example')
  const dialog = page.getByRole('dialog')
  const price = await priceOn(dialog.getByRole('button', { name: /\$/ }))
  await dialog.getByRole('button', { name: /\$/ }).click()
  const checkout = page.frameLocator('iframe[title=Checkout]')
  const fillIn = async (card: string): Promise<void> => {
    await checkout.getByLabel(/card/i).first().fill(card)
    await checkout.getByRole('button', { name: /^Pay/ }).click()
  }
  await fillIn('4000 0000 0000 0002')
  await checkout
    .getByText(/declined/)
    .first()
    .waitFor()
  await page.reload()
  await dialog.getByRole('button', { name: 'Back to Checkout' }).click()
  await takePictures(page, 'TeamFlow Checkout in the page')
  await fillIn('4000 0027 6000 3184')
  await checkout.getByRole('button', { name: 'Approve' }).click()
  await dialog.getByText('Done').waitFor()
  expect(new URL(page.url()).pathname).toBe('/settings/members')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await page.getByText(/2 of \d seats/).waitFor()
  expect(await demo.host.ok('GET', '/accounts/birch')).toMatchObject({ plan: 'starter' })
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(errors).toEqual([])
})

test('birch goes from Free to Starter on the Checkout page, and comes back to its team', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Ben Hale')
  const before = await chargesOf(demo)
  await invite(page, 'mona@birch.example, arlo@birch.example')
  const dialog = page.getByRole('dialog')
  const pay = dialog.getByRole('button', { name: /\$/ })
  const price = await priceOn(pay)
  await pay.click()
  await page.waitForURL(/_sandbox\/checkout/)
  await page.getByText('Due today').waitFor()
  await page.getByLabel(/card/i).first().fill('4000 0000 0000 0002')
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page
    .getByText(/declined/)
    .first()
    .waitFor()
  await page.getByLabel(/card/i).first().fill('4242 4242 4242 4242')
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.waitForURL('**/settings/members**')
  await page.getByText(/2 of \d seats/).waitFor()
  // The browser may be back before Stripe's news of the payment are.
  await expect.poll(() => demo.host.ok('GET', '/accounts/birch')).toMatchObject({ plan: 'starter' })
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(errors).toEqual([])
})

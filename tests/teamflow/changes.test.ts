import type { Decision, State, Subscription, SubscriptionAnswer } from '@softgate/sdk/contract'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import type { Reached } from '../support/demo.ts'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

const stateOf = (demo: Reached, account: string, user: string) => demo.as(account, user).ok<State>('GET', '/state')
const paidFor = async (demo: Reached, account: string, user: string): Promise<Subscription | null> =>
  (await demo.as(account, user).ok<SubscriptionAnswer>('GET', '/subscription')).subscription
const seats = async (demo: Reached, account: string): Promise<number | null> =>
  (await demo.host.ok<Decision>('POST', '/check', { account, feature: 'seats' })).limit

/** Presses a button of the open dialog, once it is more than a price on its way. */
const press = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.getByRole('dialog').getByRole('button', { name, disabled: false }).click()
}
const reads = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole('dialog').getByText(text).first().waitFor()

test('a lower plan waits for the renewal, is shown as pending wherever one looks, and is taken back', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Cleo Marsh')
  const before = await chargesOf(demo)
  await page.goto('/settings/plans')
  await page.getByRole('button', { name: 'Go to Professional' }).click()
  await page.getByRole('dialog').getByRole('heading', { name: 'Go to Professional?' }).waitFor()
  await reads(page, /Takes effect on/)
  await reads(page, /Automation runs: 10,000 a month, now 50,000 a month/)
  await takePictures(page, 'TeamFlow lower plan')
  expect(await faultsInBothThemes(page)).toEqual([])
  await press(page, 'Go to Professional')
  await reads(page, /Nothing was charged/)
  await press(page, 'Continue')
  const column = (name: string) => page.getByRole('columnheader', { name })
  await column('Business')
    .getByText(/^Ends /)
    .waitFor()
  await column('Professional')
    .getByText(/^From /)
    .waitFor()
  expect((await stateOf(demo, 'cobalt', 'cleo')).pending).toMatchObject({ plan: { key: 'professional' } })

  await page.goto('/settings/usage')
  const notice = page.getByRole('region', { name: /^Professional,/ })
  await notice.getByText('Business stays as it is until then.').waitFor()
  await notice.getByText(/Exports: 500 a month, now no limit/).waitFor()
  await takePictures(page, 'TeamFlow pending change')
  expect(await faultsInBothThemes(page)).toEqual([])
  await notice.getByRole('button', { name: 'Keep Business' }).click()
  await press(page, 'Keep Business')
  await reads(page, 'Everything stays as it was')
  await press(page, 'Continue')
  await notice.waitFor({ state: 'detached' })
  expect([(await stateOf(demo, 'cobalt', 'cleo')).pending, await chargesOf(demo)]).toEqual([null, before])
  expect(errors).toEqual([])
})

test('fewer seats than are in use are refused with the reason; once somebody has left, they go at the renewal', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/usage')
  await page.getByRole('button', { name: 'Remove seats' }).click()
  await reads(page, 'Seats: 5 seats in use, 4 would be left, 1 too many. Free what is too many first.')
  await takePictures(page, 'TeamFlow below use')
  await press(page, 'Keep 5 seats')

  await demo.host.ok('POST', '/events', {
    events: [
      {
        id: 'two-left',
        account: 'acme',
        name: 'seats_taken',
        feature: 'seats',
        set: 3,
        time: new Date().toISOString(),
      },
    ],
  })
  await page.getByRole('button', { name: 'Remove seats' }).click()
  await reads(page, '4 left')
  await page.getByRole('dialog').getByRole('button', { name: 'One seat more' }).click()
  await reads(page, '$36.00 a month')
  await press(page, 'Remove 2 seats')
  await reads(page, /^Starter, 3 seats/)
  expect([await seats(demo, 'acme'), (await paidFor(demo, 'acme', 'priya'))?.nextInvoice?.total.amount]).toEqual([
    5, 3_600,
  ])
  await press(page, 'Take back')
  await press(page, 'Keep Starter')
  await reads(page, 'Everything stays as it was')
  expect((await paidFor(demo, 'acme', 'priya'))?.nextInvoice?.total.amount).toBe(6_000)
  // The refusal of what is below use.
  expect(errors).toEqual([expect.stringContaining('409')])
})

test('the way down to Free ends the plan with what that means, and goes on after all', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/plans')
  await page.getByRole('button', { name: 'Go to Free' }).click()
  await reads(page, /Starter ends on .* Until then everything stays as it is/)
  await reads(page, 'What is there stays; more has to wait until there is room.')
  await takePictures(page, 'TeamFlow end')
  await press(page, 'End Starter')
  await reads(page, /^Starter ends on/)
  await press(page, 'Continue')
  await page
    .getByRole('columnheader', { name: 'Free' })
    .getByText(/^From /)
    .waitFor()
  expect((await paidFor(demo, 'acme', 'priya'))?.nextInvoice).toBeNull()

  await page.getByRole('button', { name: 'Keep Starter' }).click()
  await reads(page, /Starter goes on and renews on/)
  await press(page, 'Keep Starter')
  await reads(page, 'Everything stays as it was')
  await press(page, 'Continue')
  await page.getByRole('columnheader', { name: 'Starter' }).getByText('Your plan').waitFor()
  expect((await paidFor(demo, 'acme', 'priya'))?.nextInvoice?.total.amount).toBe(6_000)
  expect(errors).toEqual([])
})

test('month to year is paid today, less what is left of the month', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  const before = await chargesOf(demo)
  await page.goto('/settings/plans')
  await page.getByText('Yearly, 17% less').click()
  await page.getByRole('button', { name: 'Pay by the year of Starter' }).click()
  await reads(page, /Credit for unused Starter/)
  const pay = page.getByRole('dialog').getByRole('button', { name: /^Pay \$.* for the year/ })
  const price = await priceOn(pay)
  await takePictures(page, 'TeamFlow month to year')
  await pay.click()
  await reads(page, /paid with Visa 4242$/)
  await press(page, 'Continue')
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(await paidFor(demo, 'acme', 'priya')).toMatchObject({ recurring: { amount: 60_000, interval: 'year' } })
  expect(errors).toEqual([])
})

test('seats that were just bought go back, and so does the money, from the page of what is paid for', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/usage')
  await page.getByRole('button', { name: 'Add seats' }).first().click()
  const pay = page.getByRole('dialog').getByRole('button', { name: /^Add 1 seat for \$/ })
  const price = await priceOn(pay)
  await pay.click()
  await reads(page, 'Acme has 6 seats')
  await press(page, 'Continue')
  await page.getByRole('button', { name: 'Take the last purchase back' }).click()
  await reads(page, /go back to your card/)
  const back = page.getByRole('dialog').getByRole('button', { name: /^Take back \$/ })
  expect(await priceOn(back)).toBe(price)
  await back.click()
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: /go back to your card/ })
    .waitFor()
  const refunds = (await demo.control('/journal')) as { data: { kind: string; amount: number }[] }
  expect(refunds.data.filter(({ kind }) => kind === 'refund').map(({ amount }) => amount)).toEqual([price])
  expect(await seats(demo, 'acme')).toBe(5)
  expect(errors).toEqual([])
})

test('cards and addresses are looked after on Stripe’s own page, which leads back', async () => {
  const demo = await openTeamflow()
  const { page } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/usage')
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await page.waitForURL(/_sandbox\/portal/)
  await page.goto('/settings/usage')
  await page.getByRole('button', { name: 'Billing details' }).click()
  await page.waitForURL(/_sandbox\/portal/)
  expect(new URL(page.url()).origin).toBe(demo.stripe)
})

import type { Page } from 'playwright'
import { describe, expect, onTestFinished, test } from 'vitest'
import { faults } from '../support/axe.ts'
import { openBrowser } from '../support/chromium.ts'
import { customer, DAY, only, openShop, price, subscribed, useCard } from './shop.ts'

async function openPage(colorScheme: 'dark' | 'light' = 'light'): Promise<Page> {
  const context = await (await openBrowser()).newContext({ colorScheme, viewport: { width: 1280, height: 900 } })
  onTestFinished(() => context.close())
  return context.newPage()
}

describe('the desk', () => {
  test.each(['light', 'dark'] as const)('shows who bought what, and is accessible: %s', async (scheme) => {
    const { stripe, sandbox, url } = await openShop()
    const plan = await price(stripe, 'Team', 1900)
    const { subscription, customer: owner } = await subscribed(stripe, plan, 5)
    await useCard(stripe, owner.id, 'pm_card_chargeCustomerFail')
    await sandbox.clock.advance(31 * DAY)
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    await stripe.customers.create({ name: 'Grace', email: 'grace@example.com' })
    const page = await openPage(scheme)
    await page.goto(`${url}/_sandbox/`)
    await page.getByText('2 invoices').click()
    expect(await page.getByRole('article').filter({ hasText: 'ada@example.com' }).textContent()).toMatch(
      /5 Team.*past due/s,
    )
    if (process.env['SOFTGATE_SCREENSHOTS']) {
      await page.screenshot({ path: `${process.env['SOFTGATE_SCREENSHOTS']}/desk-${scheme}.png`, fullPage: true })
    }
    expect(await faults(page)).toEqual([])
  })

  test('advances the clock, chooses the next failure, and refuses the levers to other origins', async () => {
    const { stripe, sandbox, url } = await openShop()
    const page = await openPage()
    await page.goto(`${url}/_sandbox/`)
    const before = sandbox.clock.now()
    await page.getByLabel('Days forward').fill('2.5')
    await page.getByRole('button', { name: 'Advance' }).click()
    await page.getByRole('status').getByText('2.5 days forward').waitFor()
    expect(sandbox.clock.now() - before).toBe(2.5 * DAY)
    await page.getByLabel('What goes wrong').selectOption('error_500_before')
    await page.getByRole('button', { name: 'Arm' }).click()
    await page.getByRole('status').getByText('will fail').waitFor()
    await page.getByRole('button', { name: 'Keep back' }).click()
    const levers = page.locator('.now .soft')
    expect(await levers.allTextContents()).toEqual([
      'The next change fails. Error 500, nothing happened.',
      'Webhooks are kept back.',
    ])
    if (process.env['SOFTGATE_SCREENSHOTS'])
      await page.screenshot({ path: `${process.env['SOFTGATE_SCREENSHOTS']}/desk-levers.png` })
    await page.getByRole('button', { name: 'Let go' }).click()
    await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 500 })
    await page.reload()
    expect(await levers.count()).toBe(0)
    const foreign = await fetch(`${url}/_sandbox/desk`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
      body: new URLSearchParams({ action: 'advance', days: '1' }),
    })
    expect(foreign.status).toBe(403)
    expect(sandbox.clock.now() - before).toBe(2.5 * DAY)
  })

  test('shows what happens while it is open', async () => {
    const { stripe, url } = await openShop()
    const page = await openPage()
    await page.goto(`${url}/_sandbox/`)
    await page.getByText('Nobody yet').waitFor()
    await stripe.customers.create({ name: 'Grace' })
    await page.getByRole('heading', { name: 'Grace' }).waitFor()
    await page.getByText('customer.created').waitFor()
    expect(await page.getByText('Nobody yet').count()).toBe(0)
  })
})

test('Checkout in a frame: another quantity, a promotion code, and on to where the session says', async () => {
  const { stripe, url } = await openShop()
  const plan = await price(stripe, 'Team', 2000)
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'forever' })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'QUARTER' })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    ui_mode: 'embedded_page',
    customer: (await customer(stripe)).id,
    allow_promotion_codes: true,
    line_items: [{ price: plan.id, quantity: 2, adjustable_quantity: { enabled: true, minimum: 2, maximum: 10 } }],
    return_url: `${url}/_sandbox/returned?softgate_upgrade=up_1`,
  })
  expect(session).toMatchObject({ url: null, return_url: expect.stringContaining('/returned') })
  const page = await openPage()
  await page.goto(`${url}/_sandbox/returned`)
  await page.addScriptTag({ url: `${url}/_sandbox/stripe.js` })
  await page.evaluate(
    `Stripe('pk_test_local').createEmbeddedCheckoutPage({ clientSecret: ${JSON.stringify(session.client_secret)} }).then((checkout) => checkout.mount('main'))`,
  )
  const frame = page.frameLocator('iframe[title=Checkout]')
  await frame.getByLabel('Quantity of Team').fill('4')
  await frame.getByLabel('Promotion code').fill('quarter')
  await frame.getByRole('button', { name: 'Update' }).click()
  await frame.getByRole('button', { name: 'Pay $60.00' }).click()
  await page.waitForURL(/softgate_upgrade=up_1/)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  expect(done).toMatchObject({ status: 'complete', amount_subtotal: 8000, amount_total: 6000 })
  expect(done.subscription).toMatchObject({ items: { data: [{ quantity: 4 }] } })
  expect(only((await stripe.promotionCodes.list({ code: 'QUARTER' })).data).times_redeemed).toBe(1)
})

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { faults } from '../support/axe.ts'
import { openWidgetPage } from '../support/widget-page.ts'

const shoot = async (page: Page, name: string): Promise<void> => {
  if (process.env.WIDGET_SHOTS)
    await page.screenshot({ path: `${process.env.WIDGET_SHOTS}/${name}.png`, fullPage: true })
}

const everything = `
  <softgate-meter feature="seats" action="Add seats"></softgate-meter>
  <softgate-meter feature="automations" label="Automation runs" units="runs"></softgate-meter>
  <softgate-meter feature="exports" variant="ring"></softgate-meter>
  <softgate-meter feature="seats" variant="ring"></softgate-meter>
  <softgate-meter feature="seats" variant="compact"></softgate-meter>
  <softgate-gate feature="sso" label="Single sign-on (SAML)" plan="Professional">
    <p slot="description">People sign in to TeamFlow with the company account they already have.</p>
  </softgate-gate>
  <softgate-gate feature="seats" quantity="2"><p>never shown</p></softgate-gate>
  <softgate-requests></softgate-requests>`

for (const dark of [false, true])
  test(`nothing is wrong for assistive technology, ${dark ? 'dark' : 'light'}`, async () => {
    const { page, complaints, harness } = await openWidgetPage({
      dark,
      body: everything,
      card: 'pm_card_authenticationRequired',
      before: async (harness) => {
        const ask = { feature: 'seats', quantity: 1, note: 'Maya joins the website team on Monday.' }
        await harness.as('acme', 'sam', []).ok('POST', '/requests', ask)
        const time = new Date(harness.clock.now()).toISOString()
        const event = { id: 'runs', account: 'acme', name: 'run', feature: 'automations', value: 812, time }
        await harness.host.ok('POST', '/events', { events: [event] })
      },
    })
    const theme = dark ? 'dark' : 'light'
    await page.getByRole('button', { name: 'Decline' }).waitFor()
    await page.locator('softgate-prompts [part=banner]').waitFor()
    await shoot(page, `page-${theme}`)
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: 'More choices' }).click()
    await page.getByRole('menuitem').first().waitFor()
    await shoot(page, `menu-${theme}`)
    expect(await faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Decline' }).click()
    await page.getByLabel('A word to').waitFor()
    expect(await faults(page)).toEqual([])

    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Invite people' }).click()
    await dialog.getByRole('button', { name: /^Add 2/ }).waitFor()
    await shoot(page, `dialog-${theme}`)
    expect(await faults(page)).toEqual([])
    await harness.clock.advance(86_400_000)
    await dialog.getByRole('button', { name: /^Add 2/ }).click()
    await dialog.getByRole('alert').waitFor()
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: /^Add 2/ }).click()
    await page.getByRole('button', { name: 'Bank: fail' }).waitFor()
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Bank: fail' }).click()
    await dialog.getByRole('heading', { name: 'Your bank declined this card' }).waitFor()
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Use another card' }).click()
    await page.getByLabel('Card number').fill('4242')
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: /^Pay/ }).click()
    await dialog.getByRole('button', { name: 'Continue' }).waitFor()
    expect(await faults(page)).toEqual([])
    expect(complaints).toEqual([])
  }, 60_000)

test('the keyboard alone buys two seats, and comes back to where it was', async () => {
  const { page } = await openWidgetPage({ body: '' })
  const dialog = page.getByRole('dialog')
  const focus = () =>
    page.evaluate(() => {
      const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement
      return inner?.getAttribute('aria-label') ?? inner?.textContent ?? ''
    })
  await page.getByRole('button', { name: 'Invite people' }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: /^Add 2/ }).waitFor()
  await expect.poll(focus).toBe('All 5 seats are in use')
  await page.keyboard.press('Tab')
  expect(await focus()).toBe('Close')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowUp')
  await dialog.getByRole('button', { name: /^Add 3/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await dialog.getByRole('button', { name: /^Add 2/ }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  expect(await focus()).toBe('Not now')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Continue' }).waitFor()
  await expect.poll(focus).toBe('acme has 7 seats')
  await page.keyboard.press('Escape')
  await expect.poll(focus).toBe('Invite people')
})

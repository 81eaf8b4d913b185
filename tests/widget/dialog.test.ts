import type { Locator, Page } from 'playwright'
import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

const dialogOf = (page: Page): Locator => page.getByRole('dialog')
const shoot = async (page: Page, name: string): Promise<void> => {
  if (process.env.WIDGET_SHOTS) await page.screenshot({ path: `${process.env.WIDGET_SHOTS}/${name}.png` })
}

test('a blocked invitation is bought at exactly the price on the button, and goes on', async () => {
  const { page, harness, complaints } = await openWidgetPage()
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = dialogOf(page)
  const buy = dialog.getByRole('button', { name: /^Add 2 seats for / })
  await buy.waitFor()
  await shoot(page, 'ready')
  const amount = /\$([\d.]+)/.exec(await buy.innerText())?.[1]
  await buy.click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  await shoot(page, 'done')
  await page.getByText('upgraded true').waitFor()
  const charges = harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge')
  expect(charges.at(-1)).toMatchObject({ amount: Math.round(Number(amount) * 100) })
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('invite')
  expect(complaints).toEqual([])
})

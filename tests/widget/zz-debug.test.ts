import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'
test('x', async () => {
  const { page, sent, complaints, harness } = await openWidgetPage()
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page.getByText(/(upgraded|dismissed|unavailable|allowed) /).or(page.getByRole('dialog')).first().waitFor({timeout:3000}).catch(() => {})
  await page.waitForTimeout(2000)
  console.log(complaints, sent, harness.failures, await page.evaluate(() => [document.querySelector('softgate-prompts')?.shadowRoot?.innerHTML, document.querySelector('softgate-meter')?.shadowRoot?.innerHTML, document.querySelector('#result')?.textContent]))
  await page.screenshot({ path: '/tmp/widget-shots/debug.png' })
  expect(1).toBe(1)
})

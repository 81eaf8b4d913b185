import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startPlainHtml } from '../../examples/plain-html/server.ts'
import { cleanup } from '../support/cleanup.ts'
import { freshFolder } from '../support/folder.ts'
import { openWindow } from '../support/teamflow.ts'

test('fifteen lines of HTML measure, lock and sell', async () => {
  const html = readFileSync(new URL('../../examples/plain-html/index.html', import.meta.url), 'utf8')
  expect(html.trim().split('\n').length).toBeLessThanOrEqual(15)
  const { url, close } = await startPlainHtml({ port: 0, data: freshFolder() })
  cleanup(close)
  const { page, errors } = await openWindow(url)
  await page.goto('/')
  await page.getByRole('meter', { name: 'Seats' }).waitFor()
  expect(await page.getByRole('meter', { name: 'Seats' }).getAttribute('aria-valuetext')).toContain('5 of 5')
  await page.getByText('Comes with Professional').waitFor()
  expect(await page.getByText('Single sign-on is on.').isVisible()).toBe(false)

  const invite = page.getByRole('button', { name: 'Invite someone' })
  await invite.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  await expect.poll(() => page.locator('output').textContent()).toBe('Not this time.')

  await invite.click()
  await page.getByRole('button', { name: /^Add .* for \$/ }).click()
  await expect.poll(() => page.locator('output').textContent()).toBe('The invitation goes out.')
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
  expect(await page.getByRole('meter', { name: 'Seats' }).getAttribute('aria-valuetext')).not.toContain('5 of 5')
  expect(errors).toEqual([])
})

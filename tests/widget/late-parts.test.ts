import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

test('a narrow meter whose form does not load is a bar', async () => {
  const { page, complaints } = await openWidgetPage({
    body: '<softgate-meter feature="seats" variant="ring"></softgate-meter>',
  })
  const meter = page.getByRole('meter', { name: 'Seats' })
  await meter.waitFor()
  const label = page.locator('softgate-meter [part=state]')
  expect(await label.count(), 'a ring has no line for its state').toBe(0)
  await page.route('**/widget-narrow-*', (route) => route.abort())
  await page.reload()
  await label.getByText('All 5 in use').waitFor()
  expect(await meter.getAttribute('aria-valuetext')).toContain('5 of 5')
  expect(complaints).toEqual([])
})

test('a question that cannot be sent yet says so, keeps its word, and is sent at the next try', async () => {
  const { page, sent } = await openWidgetPage({ user: 'sam', may: [], body: '' })
  await page.route('**/widget-asking-*', (route) => route.abort())
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Add a word').fill('For Maya')
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await dialog.getByRole('heading', { name: 'No connection' }).waitFor()
  await page.unroute('**/widget-asking-*')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await dialog.getByText('“For Maya”').waitFor()
  expect(sent.filter((call) => call === 'POST /v1/requests')).toHaveLength(1)
})

test('a dialog that has only its first part says that there is no connection, and goes on when there is one', async () => {
  const { page, complaints } = await openWidgetPage({ body: '' })
  const late = /widget-(outcomes|choices|payment)-|[/]v1[/]quotes/
  await page.route(late, (route) => route.abort())
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('No connection').waitFor()
  await page.unroute(late)
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByRole('button', { name: /^Add 2 seats for / }).click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  expect(complaints).toEqual([])
})

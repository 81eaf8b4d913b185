import type { RequestsAnswer } from '@softgate/sdk/contract'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, invite, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

async function ask(page: Page, email: string, note: string): Promise<void> {
  await invite(page, email)
  const dialog = page.getByRole('dialog')
  await dialog.getByText('All 5 seats are in use').waitFor()
  expect(await dialog.textContent()).not.toContain('$')
  await dialog.getByLabel('Add a word').fill(note)
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Waits for a seat').first().waitFor()
}

test('members ask; an admin sees who needs what, buys once for all, and every waiting invitation goes out', async () => {
  const demo = await openTeamflow()
  const sam = await signIn(demo.app, 'Sam Ortiz')
  const lena = await signIn(demo.app, 'Lena Fischer')
  await ask(sam.page, 'nina@acme.example', 'Nina starts on Monday.')
  await ask(lena.page, 'omar@acme.example', 'Omar tests the beta.')

  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/requests')
  const group = page.getByRole('region', { name: 'Seats' })
  await group.getByText('2 people asked').waitFor()
  for (const words of ['Sam', 'Nina starts on Monday.', 'Lena', 'Omar tests the beta.'])
    await group.getByText(words).first().waitFor()

  const pay = group.getByRole('button', { name: /^Add 2 seats for / })
  const price = await priceOn(pay)
  await takePictures(page, 'story inbox')
  const before = await chargesOf(demo)
  await pay.click()
  await page.getByText('Acme has 7 seats').waitFor()
  await page.getByText('Sam and Lena know').or(page.getByText('Lena and Sam know')).waitFor()
  await page.getByText('No open requests').filter({ visible: true }).waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])

  const { requests } = await demo.as('acme', 'priya').ok<RequestsAnswer>('GET', '/requests')
  expect(requests.map(({ user, status }) => `${user} ${status}`).sort()).toEqual(['lena granted', 'sam granted'])
  for (const { page } of [sam, lena])
    await expect.poll(() => page.getByRole('region', { name: 'Invited' }).textContent()).not.toContain('Waits')
  await sam.page.goto('/settings/requests')
  await sam.page.getByText('Granted').waitFor()
  expect([...errors, ...sam.errors, ...lena.errors]).toEqual([])
})

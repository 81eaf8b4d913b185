import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { faults, faultsInBothThemes } from '../support/axe.ts'
import { takePictures } from '../support/pictures.ts'
import { openTeamflow, openWindow, signIn } from '../support/teamflow.ts'

const paths = [
  '/projects',
  '/projects/website-relaunch',
  '/my-work',
  '/inbox',
  '/goals',
  '/reports',
  '/settings/members?invite',
  '/settings/security',
  '/settings/integrations',
  '/settings/usage',
  '/settings/plans',
  '/settings/requests',
]

const phone = { width: 360, height: 740 }

const wide = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

for (const [name, role] of [
  ['Priya Nair', 'owner'],
  ['Sam Ortiz', 'member'],
])
  test(`every page works for the ${role}: accessible in light and dark, fit for a phone, within its content policy`, async () => {
    const { app } = await openTeamflow()
    const found: string[] = []
    const { page, errors } = await signIn(app, name ?? '')
    for (const path of paths) {
      const response = await page.goto(path)
      if (response?.status() !== 200) found.push(`${path} answers ${response?.status()}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForFunction(() => document.documentElement.dataset['softgate'] === 'live')
      await takePictures(page, `TeamFlow ${role} ${path}`)
      found.push(...(await faultsInBothThemes(page)))
      const { width, height } = page.viewportSize() ?? phone
      await page.setViewportSize(phone)
      if ((await wide(page)) > 0) found.push(`${path} is wider than a phone`)
      await page.setViewportSize({ width, height })
    }
    expect(found).toEqual([])
    expect(errors).toEqual([])
  })

test('the sign-in page names everybody, and an account without anything has words for it on a phone', async () => {
  const { app } = await openTeamflow()
  const stranger = await openWindow(app)
  await stranger.page.goto('/sign-in')
  expect(await faultsInBothThemes(stranger.page)).toEqual([])
  expect(await stranger.page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
    'Acme',
    'Birch',
    'Cobalt',
    'Delta',
    'Ember',
  ])

  const { page } = await signIn(app, 'Mia Lind', { viewport: phone, hasTouch: true })
  await page.getByRole('button', { name: 'Menu', exact: true }).tap()
  await page.getByRole('link', { name: 'Inbox' }).tap()
  await page.getByText('What others do with your tasks shows up here.').waitFor()
  expect(await faults(page)).toEqual([])
})

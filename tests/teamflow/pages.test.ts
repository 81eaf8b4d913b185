import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { faults, faultsInBothThemes } from '../support/axe.ts'
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

const wide = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

test('every page is accessible in light and dark, fits a phone, and stays within its content policy', async () => {
  const { app } = await openTeamflow()
  const found: string[] = []
  const stranger = await openWindow(app)
  await stranger.page.goto('/sign-in')
  found.push(...(await faults(stranger.page)))

  const { page, errors } = await signIn(app, 'Priya Nair')
  for (const path of paths) {
    await page.goto(path)
    found.push(...(await faultsInBothThemes(page)))
    await page.setViewportSize({ width: 360, height: 740 })
    if ((await wide(page)) > 0) found.push(`${path} is wider than a phone`)
    await page.setViewportSize({ width: 1280, height: 860 })
  }
  expect(found).toEqual([])
  expect(errors).toEqual([])
}, 60_000)

test('an account without anything has words for it, and the menu opens on a phone', async () => {
  const { app } = await openTeamflow()
  const { page } = await signIn(app, 'Mia Lind', { viewport: { width: 360, height: 740 }, hasTouch: true })
  await page.getByRole('button', { name: 'Menu', exact: true }).tap()
  await page.getByRole('link', { name: 'Inbox' }).tap()
  await page.getByText('What others do with your tasks shows up here.').waitFor()
  expect(await faults(page)).toEqual([])
})

import type { Locator } from 'playwright'
import { expect, test } from 'vitest'
import { openWidgetPage, type WidgetPage } from '../support/widget-page.ts'
import { use } from './states/kit.ts'

/** Sizes, places within `all`, and colours of everything in it. */
const looksOf = (all: Locator): Promise<string[]> =>
  all.evaluate((root) => {
    const { x, y } = root.getBoundingClientRect()
    return [root, ...root.querySelectorAll('*')].map((element) => {
      const box = element.getBoundingClientRect()
      const { color, backgroundColor, font, padding, letterSpacing } = getComputedStyle(element)
      const place = [box.x - x, box.y - y, box.width, box.height].map((value) => value.toFixed(2)).join(' ')
      return [element.tagName, place, color, backgroundColor, font, padding, letterSpacing].join('; ')
    })
  })

async function openDialog({ page }: WidgetPage): Promise<Locator> {
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Add 2 seats for / }).waitFor()
  await dialog.getByText('Add promotion code').waitFor()
  return dialog
}

const nearlyFull = async (harness: WidgetPage['harness']): Promise<void> => {
  await harness.host.ok('PUT', '/accounts/acme', { onboardedAt: '2027-01-01T00:00:00Z' })
  await use({ harness }, 'exports', 42)
}
const bannerOf = ({ page }: WidgetPage): Locator => page.locator('softgate-prompts [part=banner]')

test('a banner and a dialog in one element look as each does alone, whichever comes first', async () => {
  const one = await openWidgetPage({ body: '', before: nearlyFull })
  await bannerOf(one).waitFor()
  const banner = await looksOf(bannerOf(one))
  const under = await looksOf(await openDialog(one))
  expect(await looksOf(bannerOf(one)), 'the banner').toEqual(banner)

  const other = await openWidgetPage({ body: '' })
  const dialog = await openDialog(other)
  const alone = await looksOf(dialog)
  expect(under, 'the dialog').toEqual(alone)
  await nearlyFull(other.harness)
  await bannerOf(other).waitFor()
  expect(await looksOf(dialog), 'the dialog that was there first').toEqual(alone)
  expect(await looksOf(bannerOf(other)), 'the banner that came later').toEqual(banner)
})

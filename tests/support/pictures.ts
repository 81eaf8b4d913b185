import { join } from 'node:path'
import type { Page } from 'playwright'

const folder = process.env.SOFTGATE_SCREENSHOTS

/** Pictures of a page as it is, in light, in dark and on a phone; only where `npm run screenshots` asks for them. */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (!folder) return
  const before = page.viewportSize() ?? { width: 900, height: 720 }
  const path = (kind: string): string => join(folder, `${name.replace(/\W+/g, '-')}-${kind}.png`)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: path(colorScheme) })
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 360, height: 740 })
  await page.screenshot({ path: path('phone') })
  await page.setViewportSize(before)
}

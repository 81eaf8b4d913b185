import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/**
 * Everything that axe finds in a page, WCAG and its own advice, each fault in a line. Its script stays in the page: to look
 * again, as in another theme, costs a tenth of the first look.
 */
export async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    async (): Promise<AxeResults> => window.axe.run({ resultTypes: ['violations'] }),
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}

/** The same in the light and in the dark theme. */
export async function faultsInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    found.push(...(await faults(page)).map((fault) => `${page.url()}, ${colorScheme}, ${fault}`))
  }
  return found
}

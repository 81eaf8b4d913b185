import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** Every page that loads is given it anew: the short form takes half as long to read. */
const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What a theme can break: everything else is the same in each. */
const colours = ['color-contrast', 'link-in-text-block']

/** What axe finds in a page, each fault in a line: all of WCAG and its own advice, or what some of its rules say. */
export async function faults(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  const { violations } = await page.evaluate(
    async (only): Promise<AxeResults> =>
      window.axe.run({ resultTypes: ['violations'], ...(only && { runOnly: [...only] }) }),
    rules,
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}

/** The same in the light theme, and of the dark one its colours. */
export async function faultsInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const seen = await faults(page, colorScheme === 'dark' ? colours : undefined)
    found.push(...seen.map((fault) => `${page.url()}, ${colorScheme}, ${fault}`))
  }
  return found
}

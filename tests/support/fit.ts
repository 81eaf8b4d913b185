import type { Page } from 'playwright'

/** Sizes at which a page must fit: a window, the same at 200 %, and a phone in both directions of writing. */
const sizes = [
  { name: 'window', width: 900, height: 720, dir: 'ltr', target: 24 },
  { name: '200 %', width: 450, height: 360, dir: 'ltr', target: 24 },
  { name: 'phone', width: 360, height: 740, dir: 'ltr', target: 44 },
  { name: 'phone, right to left', width: 360, height: 740, dir: 'rtl', target: 44 },
]

/** What is cut off, reaches past an edge, or is too small for a finger, each in a line. */
export async function misfits(page: Page): Promise<string[]> {
  const found: string[] = []
  const before = page.viewportSize() ?? { width: 900, height: 720 }
  for (const { name, width, height, dir, target } of sizes) {
    await page.setViewportSize({ width, height })
    found.push(...(await page.evaluate(look, { dir, target })).map((fault) => `${name}: ${fault}`))
  }
  await page.evaluate(() => {
    document.documentElement.dir = 'ltr'
  })
  await page.setViewportSize(before)
  return found
}

/** Runs in the page. */
function look({ dir, target }: { dir: string; target: number }): string[] {
  document.documentElement.dir = dir
  const faults: string[] = []
  const all = (root: Document | ShadowRoot): Element[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      element,
      ...(element.shadowRoot ? all(element.shadowRoot) : []),
    ])
  const nameOf = (element: Element): string =>
    `<${element.localName} class="${element.className}"> ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40)}`
  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) faults.push(`the page is ${scrollWidth - innerWidth} px too wide`)
  for (const element of all(document)) {
    const own = element.getRootNode() instanceof ShadowRoot
    const { width, height, left, right } = element.getBoundingClientRect()
    if (!own || width === 0 || height === 0 || element.matches('.vh, svg *') || !element.checkVisibility()) continue
    if (left < -1 || right > innerWidth + 1) faults.push(`${nameOf(element)} reaches past an edge`)
    const clips = element.matches('button, a') || getComputedStyle(element).overflowX !== 'visible'
    if (clips && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
      faults.push(`${nameOf(element)} is cut off`)
    const control = element.matches('button, a, input, textarea, [role=menuitem]')
    // A box may be smaller than what takes its clicks if nothing else is as near.
    const box = element.matches('[type=checkbox]')
    // A click on the label around it is one on itself.
    const taker = element.closest('label')?.getBoundingClientRect() ?? { width, height }
    const around = box ? 2 * Number.parseFloat(getComputedStyle(element).marginTop) : 0
    if (control && (taker.height + around < (box ? 24 : target) || taker.width + around < 24))
      faults.push(`${nameOf(element)} is ${Math.round(width)} by ${Math.round(height)} px`)
  }
  return faults
}

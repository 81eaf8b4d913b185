import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

test('an element takes what was set before it was known, by property and by attribute', async () => {
  const { page } = await openWidgetPage({ body: '' })
  const seen = await page.evaluate(async () => {
    // A tag that is not defined yet, as for a framework that renders before the script has come.
    const early = Object.assign(document.createElement('x-late'), { label: 'People' })
    document.body.append(early)
    const { constructor: Meter } = document.createElement('softgate-meter')
    const Late = class extends (Meter as CustomElementConstructor) {}
    customElements.define('x-late', Late)
    early.setAttribute('feature', 'seats')
    return { own: Object.hasOwn(early, 'label'), label: early.label, text: early.shadowRoot?.textContent }
  })
  expect(seen).toMatchObject({ own: false, label: 'People' })
  expect(seen.text).toContain('People')
})

test('a property and its attribute are one; a boolean or missing attribute falls back to the default', async () => {
  const { page } = await openWidgetPage({ body: '<softgate-gate feature="sso" quantity="3"></softgate-gate>' })
  const seen = await page.evaluate(() => {
    const gate = document.querySelector('softgate-gate') as HTMLElement & { quantity: number; plan: string }
    const before = gate.quantity
    gate.removeAttribute('quantity')
    gate.plan = 'Professional'
    return { before, after: gate.quantity, text: gate.shadowRoot?.textContent }
  })
  expect(seen).toMatchObject({ before: 3, after: 1 })
  await expect.poll(() => page.getByText('Comes with Professional').count()).toBe(1)
})

test('an element that is moved keeps what it drew and what the user typed', async () => {
  const { page } = await openWidgetPage({
    body: '<softgate-requests></softgate-requests><div id="there"></div>',
    before: async (harness) => void (await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'seats' })),
  })
  await page.getByRole('button', { name: 'Decline' }).click()
  await page.getByLabel('A word to Sam').fill('Two weeks fit a guest seat.')
  await page.evaluate(() => {
    const [inbox, there] = [document.querySelector('softgate-requests'), document.querySelector('#there')]
    if (inbox) there?.append(inbox)
  })
  expect(await page.getByLabel('A word to Sam').inputValue()).toBe('Two weeks fit a guest seat.')
})

test('a second widget in the page leaves the first in peace', async () => {
  const { page, complaints } = await openWidgetPage()
  const same = await page.evaluate(async () => {
    const before = [window.Softgate, customElements.get('softgate-meter')]
    const script = Object.assign(document.createElement('script'), { src: '/widget.js' })
    await new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    })
    return before[0] === window.Softgate && before[1] === customElements.get('softgate-meter')
  })
  expect(same).toBe(true)
  expect(complaints).toEqual([])
})

test('ten times in and out of the page leave nothing behind', async () => {
  const { page } = await openWidgetPage({ body: '<div id="place"></div>' })
  await page.locator('softgate-prompts').waitFor({ state: 'attached' })
  const left = await page.evaluate(async () => {
    const made: WeakRef<Element>[] = []
    for (let round = 0; round < 10; round++) {
      for (const tag of ['softgate-meter', 'softgate-gate', 'softgate-requests']) {
        const element = document.createElement(tag)
        element.setAttribute('feature', 'seats')
        document.querySelector('#place')?.append(element)
        made.push(new WeakRef(element))
      }
      await new Promise((resolve) => requestAnimationFrame(resolve))
      document.querySelector('#place')?.replaceChildren()
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    Object.assign(window, { made })
    return made.length
  })
  expect(left).toBe(30)
  const session = await page.context().newCDPSession(page)
  await expect
    .poll(async () => {
      await session.send('HeapProfiler.collectGarbage')
      return page.evaluate(
        () => (window as unknown as { made: WeakRef<Element>[] }).made.filter((ref) => ref.deref()).length,
      )
    })
    // The last may still be held by the frame that removed it.
    .toBeLessThanOrEqual(3)
})

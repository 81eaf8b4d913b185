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

test('two hundred times in and out of the page leave no element, listener, timer or stream behind', async () => {
  const widget = await openWidgetPage({
    body: '<softgate-meter feature="seats"></softgate-meter><div id="place"></div>',
  })
  const { page, sent } = widget
  await page.getByRole('meter').waitFor()
  await page.evaluate(() => {
    const timers = new Set<unknown>()
    const { setTimeout, clearTimeout } = window
    const later = (run: () => void, ms?: number): unknown => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run()
      }, ms)
      timers.add(timer)
      return timer
    }
    const forget = (timer: number): void => {
      timers.delete(timer)
      clearTimeout(timer)
    }
    Object.assign(window, { timers, setTimeout: later, clearTimeout: forget })
  })
  const rounds = (count: number): Promise<void> =>
    page.evaluate(async (count) => {
      const place = document.querySelector('#place')
      for (let round = 0; round < count; round++) {
        for (const tag of ['softgate-meter', 'softgate-gate', 'softgate-requests', 'softgate-prompts']) {
          const element = document.createElement(tag)
          element.setAttribute('feature', 'seats')
          place?.append(element)
        }
        // As long as it takes to be drawn, and the late parts to come.
        await new Promise((resolve) => requestAnimationFrame(resolve))
        place?.replaceChildren()
      }
    }, count)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const left = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
    const timers = await page.evaluate(() => (window as unknown as { timers: Set<unknown> }).timers.size)
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), timers }
  }
  const streams = (): number => sent.filter((call) => call === 'GET /v1/stream').length
  // The first rounds bring what stays: styles, late parts, the state of what they asked.
  await rounds(20)
  await expect.poll(async () => (await left()).timers).toBeLessThanOrEqual(3)
  const before = { ...(await left()), streams: streams() }
  await rounds(200)
  await expect
    .poll(
      async () => {
        const { nodes, listeners, timers } = await left()
        // What the last round removed may still be held by its frame.
        return nodes - before.nodes < 200 && listeners - before.listeners < 20 && timers <= before.timers
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  expect(streams()).toBe(before.streams)
  await page.getByRole('meter').waitFor()
})

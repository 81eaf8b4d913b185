import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

test('a meter needs its feature and nothing else: name, units and the sentence come from the catalogue', async () => {
  const { page, harness } = await openWidgetPage({
    body: `<softgate-meter feature="seats"></softgate-meter>
      <softgate-meter feature="automations" variant="compact"></softgate-meter>
      <softgate-meter feature="automations" variant="ring"></softgate-meter>`,
    before: async (harness) => {
      const time = new Date(harness.clock.now()).toISOString()
      const event = { id: 'runs', account: 'acme', name: 'run', feature: 'automations', value: 812, time }
      await harness.host.ok('POST', '/events', { events: [event] })
    },
  })
  const meters = page.getByRole('meter')
  await expect.poll(() => meters.count()).toBe(3)
  const sentences = await meters.evaluateAll((all) =>
    all.map((meter) => `${meter.ariaLabel}: ${meter.getAttribute('aria-valuetext')}`),
  )
  expect(sentences[0]).toBe('Seats: 5 of 5 seats. All 5 in use')
  for (const sentence of sentences.slice(1)) expect(sentence).toMatch(/^Automation runs: 812 of 1,000 runs\. /)
  expect(await page.getByText('81%').count()).toBe(1)
  expect(await page.getByText('What you have keeps working').count()).toBe(1)
  expect(harness.failures).toEqual([])
})

test('a change of state is said once, however many meters show it; a change of the figure is not said', async () => {
  const { page, harness } = await openWidgetPage({
    body: '<softgate-meter feature="exports"></softgate-meter><softgate-meter feature="exports" variant="ring"></softgate-meter>',
  })
  await page.getByRole('meter').first().waitFor()
  const use = async (id: string, value: number, shows: number): Promise<void> => {
    const time = new Date(harness.clock.now()).toISOString()
    await harness.host.ok('POST', '/events', {
      events: [{ id, account: 'acme', name: 'x', feature: 'exports', value, time }],
    })
    await expect.poll(() => page.getByRole('meter').first().getAttribute('aria-valuenow')).toBe(`${shows}`)
  }
  const news = page.locator('body > [role=status]')
  await use('one', 3, 3)
  expect(await news.textContent()).toBe('')
  await use('two', 47, 50)
  expect(await news.allTextContents()).toEqual(['Exports. All 50 used'])
})

test('what the host wrote stands there until the state is known, and a stale figure says how old it is', async () => {
  const { page, hold } = await openWidgetPage({
    body: '<softgate-meter feature="seats"><i>about 5</i></softgate-meter>',
  })
  await page.getByRole('meter').waitFor()
  const held = hold(/state|stream/)
  await page.addInitScript(() => {
    // Once: what the next page knows, the one after it remembers.
    if (!sessionStorage.getItem('cleared')) localStorage.clear()
    sessionStorage.setItem('cleared', 'yes')
  })
  await page.reload()
  expect(await page.getByText('about 5').isVisible()).toBe(true)
  held.release()
  await page.getByRole('meter').waitFor()
  expect(await page.getByText('about 5').isVisible()).toBe(false)
  await page.route('**/softgate/**', (route) => route.abort())
  await page.reload()
  await page.getByText(/As of 2:00.PM\. No connection/).waitFor()
})

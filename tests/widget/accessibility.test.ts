import type { RequestsAnswer } from '@softgate/sdk/contract'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

/** What has the focus, by its name; a thing without a visible ring says so. */
const focus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement ?? document.body
    const name =
      inner.getAttribute('aria-label') ?? (inner as HTMLInputElement).labels?.[0]?.textContent ?? inner.textContent
    const { outlineStyle, outlineWidth } = getComputedStyle(inner)
    // A title has the focus to be read, and nothing can be done with it.
    const drawn = outlineStyle === 'auto' || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2)
    const ring = drawn || inner.localName === 'h2'
    return `${name}${ring ? '' : ' (no ring)'}`
  })

test('the keyboard alone buys two seats, and comes back to where it was', async () => {
  const { page } = await openWidgetPage({ body: '' })
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Invite people' }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: /^Add 2/ }).waitFor()
  await expect.poll(() => focus(page)).toBe('All 5 seats are in use')
  await dialog.getByText('Add promotion code').waitFor()
  const order: string[] = []
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab')
    order.push(await focus(page))
  }
  expect(order).toEqual([
    'Close',
    'One seat fewer',
    expect.stringContaining('Seats to add'),
    'One seat more',
    'Add promotion code',
    'Change, payment method',
    'Not now',
    expect.stringMatching(/^Add 2 seats for [$][\d.]+$/),
  ])
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('ArrowUp')
  await dialog.getByRole('button', { name: /^Add 3/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await dialog.getByRole('button', { name: /^Add 2/ }).waitFor()
  for (let i = 0; i < 5; i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Continue' }).waitFor()
  await expect.poll(() => focus(page)).toBe('acme has 7 seats')
  await page.keyboard.press('Escape')
  await expect.poll(() => focus(page)).toBe('Invite people')
})

test('the keyboard alone asks an admin', async () => {
  const { page, harness } = await openWidgetPage({ user: 'sam', may: [], body: '' })
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Invite people' }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Add a word').waitFor()
  for (const name of ['Close', 'Add a word']) {
    await page.keyboard.press('Tab')
    expect(await focus(page)).toContain(name)
  }
  await page.keyboard.type('Maya starts on Monday.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  expect(await focus(page)).toBe('Send request')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Done' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => focus(page)).toBe('Invite people')
  const { requests } = await harness.as('acme', 'priya').ok<RequestsAnswer>('GET', '/requests')
  expect(requests).toMatchObject([{ user: 'sam', note: 'Maya starts on Monday.' }])
})

test('in forced colours a meter shows how full it is, and every control has an edge', async () => {
  const { page } = await openWidgetPage({
    body: '<softgate-meter feature="automations"></softgate-meter><softgate-requests></softgate-requests>',
    before: async (harness) => {
      await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'seats', quantity: 1 })
      const time = new Date(harness.clock.now()).toISOString()
      const event = { id: 'runs', account: 'acme', name: 'run', feature: 'automations', value: 500, time }
      await harness.host.ok('POST', '/events', { events: [event] })
    },
  })
  await page.emulateMedia({ forcedColors: 'active' })
  await page.getByRole('button', { name: 'Decline' }).waitFor()
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Add 2/ })
    .waitFor()
  const seen = await page.evaluate(() => {
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])
    const all = (selector: string): Element[] => roots.flatMap((root) => [...root.querySelectorAll(selector)])
    const [fill] = all('[part=fill]')
    const back = (element: Element | null | undefined): string =>
      element ? getComputedStyle(element).backgroundColor : ''
    return {
      fill: [back(fill), back(fill?.parentElement)],
      edgeless: all('button.main, button.plain, dialog')
        .filter((element) => Number.parseFloat(getComputedStyle(element).borderTopWidth) === 0)
        .map((element) => element.textContent),
    }
  })
  expect(new Set(seen.fill).size).toBe(2)
  expect(seen.edgeless).toEqual([])
})

test('nothing moves where less motion is wanted', async () => {
  const { page } = await openWidgetPage()
  const held = await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)
  expect(held).toBe(true)
  await page.getByRole('button', { name: 'Invite people' }).click()
  const pay = page.getByRole('dialog').getByRole('button', { name: /^Add 2/ })
  await pay.waitFor()
  const moving = (): Promise<number> =>
    page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)
  expect(await moving()).toBe(0)
  await pay.click()
  expect(await moving()).toBe(0)
})

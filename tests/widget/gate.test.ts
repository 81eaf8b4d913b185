import { expect, test } from 'vitest'
import { openWidgetPage } from '../support/widget-page.ts'

const locked = (attributes: string, inside = '') => `<softgate-gate ${attributes}>${inside}</softgate-gate>`

test('a gate needs its feature and nothing else: what it does, the plan and its price come from the catalogue', async () => {
  const { page, complaints } = await openWidgetPage({
    body: locked('feature="sso"', '<p>Provider</p>') + locked('feature="seats" quantity="2"'),
  })
  const card = page.getByRole('region', { name: 'Single sign-on' })
  await card.getByText('Comes with Professional').waitFor()
  expect(await card.textContent()).toContain('People sign in to TeamFlow')
  await card.getByText(/^\$[\d.]+ today, then \$100\.00 a month for 5 seats, with tax\.$/).waitFor()
  expect(await page.getByText('Provider').isVisible()).toBe(false)
  const limit = page.getByRole('region', { name: 'All 5 seats are in use' })
  await limit.getByText(/^\$[\d.]+ today, then \$84\.00 a month for 7 seats, with tax\.$/).waitFor()
  await limit.getByRole('button', { name: 'Add 2 seats' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Add 2 seats for [$]/ })
    .waitFor()
  expect(complaints).toEqual([])
})

test('a price that has run out is not shown any more, and whoever still looks sees a new one', async () => {
  const { page, sent, hold } = await openWidgetPage({ body: locked('feature="sso"') })
  const asked = (): number => sent.filter((call) => call === 'POST /v1/quotes').length
  const price = page.getByText(/^\$[\d.]+ today, then/)
  await price.waitFor()
  expect(asked()).toBe(1)
  const { release } = hold(/quotes/)
  await page.clock.fastForward(10 * 60_000)
  await price.waitFor({ state: 'detached' })
  await page.clock.fastForward(1_000)
  await expect.poll(asked).toBe(2)
  release()
  await price.waitFor()
})

test('without a connection the way on says so, instead of nothing', async () => {
  const { page, cut } = await openWidgetPage({ body: locked('feature="sso"') })
  const action = page.getByRole('button', { name: 'See plan and price' })
  await action.waitFor()
  const { mend } = cut()
  await action.click()
  await page.getByText('No connection. Nothing has changed.').waitFor()
  mend()
  await action.click()
  await page.getByRole('dialog').waitFor()
  expect(await page.getByText('No connection').count()).toBe(0)
})

test('over a preview, what is locked is seen but out of reach, and the card can be put aside for a look', async () => {
  const { page } = await openWidgetPage({
    body: locked('feature="workload" shape="overlay"', '<button>Priya, 12 tasks</button>'),
  })
  const card = page.getByRole('region', { name: 'Workload' })
  await card.getByText('Shows who has room').waitFor()
  const behind = page.getByText('Priya, 12 tasks')
  const reachable = (): Promise<boolean> =>
    behind.evaluate((own: HTMLElement) => {
      own.focus()
      return document.activeElement === own
    })
  await behind.waitFor()
  expect(await reachable()).toBe(false)
  await card.getByRole('button', { name: 'Look without the card' }).click()
  expect(await card.count()).toBe(0)
  expect(await reachable()).toBe(false)
  await page.getByRole('button', { name: 'Show the card' }).click()
  await card.waitFor()
})

test('in place of a control stands a button whose tip opens by pointer and by click, and goes by Escape', async () => {
  const { page } = await openWidgetPage({ body: locked('feature="sso" shape="control" label="Set up SSO"') })
  const button = page.getByRole('button', { name: 'Set up SSO' })
  const tip = page.getByText('Set up SSO comes with Professional.')
  await button.hover()
  await tip.waitFor()
  // The pointer may go over to it.
  await tip.hover()
  expect(await button.getAttribute('aria-expanded')).toBe('true')
  await page.mouse.move(0, 0)
  await tip.waitFor({ state: 'hidden' })
  expect(await button.getAttribute('aria-expanded')).toBe('false')
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'See plan and price' }).waitFor()
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'hidden' })
  expect(await button.evaluate((own) => (own.getRootNode() as ShadowRoot).activeElement === own)).toBe(true)
})

test('a feature that opens by use shows how far it is, and opens', async () => {
  const { page } = await openWidgetPage({
    body: locked('feature="automations" after="3" done="2" units="workflows"', '<p>Rules</p>'),
  })
  await page.getByText('Opens after 3 workflows').waitFor()
  expect(await page.getByRole('meter', { name: 'Workflows' }).getAttribute('aria-valuenow')).toBe('2')
  expect(await page.getByText('Rules').isVisible()).toBe(false)
  await page.locator('softgate-gate').evaluate((gate) => gate.setAttribute('done', '3'))
  await page.getByText('Rules').waitFor()
})

test('a member is told whom to ask, never a price; who has asked reads so, also on the next page', async () => {
  const { page, harness } = await openWidgetPage({
    user: 'sam',
    may: [],
    body: locked('feature="sso"'),
    before: async (harness) => {
      for (const [user, name] of [
        ['priya', 'Priya Nair'],
        ['tom', 'Tom Becker'],
      ])
        await harness.host.ok('PUT', `/accounts/acme/users/${user}`, { role: 'admin', name })
    },
  })
  const card = page.getByRole('region', { name: 'Single sign-on' })
  await card.getByRole('button', { name: 'Ask Priya and Tom' }).waitFor()
  expect(await card.textContent()).not.toContain('$')
  await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'sso' })
  await page.reload()
  await card.getByText('Asked: Priya and Tom').waitFor()
  expect(await card.getByRole('button').count()).toBe(0)
})

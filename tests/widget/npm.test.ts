import { beforeAll, expect, test } from 'vitest'
import { npmWidget } from '../support/npm-widget.ts'
import { openWidgetPage } from '../support/widget-page.ts'

const app = `
import { createSoftgate } from '@softgate/sdk'
import { connect, defineElements } from '@softgate/widget'

const token = () => fetch('/softgate-token', { method: 'POST' }).then((response) => response.text())
const softgate = createSoftgate({ url: '/softgate', token })
connect(softgate)
defineElements()
document.querySelector('#invite').addEventListener('click', async () => {
  const { allowed, outcome } = await softgate.gate('seats', { quantity: 2 })
  document.querySelector('#result').textContent = outcome + ' ' + allowed
})`

let bundle: ReadonlyMap<string, string>
beforeAll(async () => {
  bundle = await npmWidget(app)
})

test('the packages draw what the script tag draws, on Preact itself and under an app’s bundler', async () => {
  expect([...bundle.values()].join('')).toContain('__k') // a field of Preact’s own, which the script tag’s has not
  const { page, complaints, harness } = await openWidgetPage({
    bundle,
    body: `<softgate-prompts></softgate-prompts><softgate-meter feature="seats"></softgate-meter>
<softgate-gate feature="sso"><p>Single sign-on is on.</p></softgate-gate><softgate-requests></softgate-requests>`,
    before: async ({ as }) => void (await as('acme', 'sam', []).ok('POST', '/requests', { feature: 'seats' })),
  })
  const meter = page.getByRole('meter', { name: 'Seats' })
  await meter.waitFor()
  expect(await meter.getAttribute('aria-valuetext')).toContain('5 of 5')
  await page.getByRole('button', { name: 'See plan and price' }).waitFor()
  await page.getByRole('button', { name: 'Decline' }).click()
  await page.getByLabel('A word to Sam').fill('Next month.')

  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Add 2 seats for / }).waitFor()
  await dialog.getByRole('button', { name: 'One seat more' }).click()
  await dialog.getByRole('button', { name: /^Add 3 seats for / }).click()
  await dialog.getByRole('heading', { name: 'acme has 8 seats' }).waitFor()
  await page.getByText('upgraded true').waitFor()
  expect(harness.sandbox.control.journal().filter(({ kind }) => kind === 'charge')).toHaveLength(2)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await meter.getAttribute('aria-valuetext')).toContain('5 of 8')
  expect(await page.getByLabel('A word to Sam').inputValue()).toBe('Next month.')
  expect(complaints).toEqual([])
})

import { expect, test } from 'vitest'
import { openTeamflow, openWindow, signIn } from '../support/teamflow.ts'

test('people sign in, work on a board and find their work as they left it', async () => {
  const { app } = await openTeamflow()
  const { page, errors } = await signIn(app, 'Priya Nair')
  await page.getByRole('main').getByRole('link', { name: 'Website relaunch' }).click()

  const column = (name: string) => page.getByRole('region', { name })
  await column('To do').getByLabel('Add a task to To do').fill('Thank the beta testers')
  await page.keyboard.press('Enter')
  await column('To do').getByText('Thank the beta testers').waitFor()

  // By keyboard alone: the button keeps the focus in the next column.
  const button = page.getByRole('button', { name: 'Move Thank the beta testers to Doing' })
  await button.focus()
  await page.keyboard.press('Enter')
  await column('Doing').getByText('Thank the beta testers').waitFor()
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('li')?.textContent))
    .toContain('Thank the beta')
  await page.getByRole('button', { name: 'Move Thank the beta testers to Done' }).click()

  await column('Doing').getByText('Pricing page').dragTo(column('Done'))
  await column('Done').getByText('Pricing page').waitFor()
  await expect
    .poll(async () => {
      await page.reload()
      return column('Done').getByRole('listitem').allTextContents()
    })
    .toEqual(expect.arrayContaining([expect.stringContaining('Thank the beta'), expect.stringContaining('Pricing')]))
  expect(errors).toEqual([])

  // Lena's task was finished by somebody else: the account's rule told her, and the run counts.
  const lena = await signIn(app, 'Lena Fischer')
  await lena.page.getByRole('link', { name: /Inbox/ }).click()
  await lena.page.getByText('Priya Nair moved “Pricing page: copy and table” to Done.').waitFor()
  await lena.page.goto('/settings/usage')
  await lena.page.getByText('1 of 1,000').filter({ visible: true }).waitFor()
})

test('without scripts the same forms work', async () => {
  const { app } = await openTeamflow()
  const { page } = await signIn(app, 'Priya Nair', { javaScriptEnabled: false })
  await page.goto('/projects/q2-launch')
  await page.getByLabel('Add a task to Doing').fill('Book the room')
  await page.getByRole('button', { name: 'Add to Doing' }).click()
  await page.getByRole('button', { name: 'Move Book the room to Done' }).click()
  await page.getByRole('region', { name: 'Done' }).getByText('Book the room').waitFor()

  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page.getByLabel('Email addresses').fill('maya@acme.example')
  await page.getByRole('button', { name: 'Send invitations' }).click()
  await page.getByText('1 more is needed for Maya').waitFor()
  await page.getByRole('button', { name: 'Keep it until a seat is free' }).click()
  expect(await page.getByRole('region', { name: 'Invited' }).textContent()).toContain('Waits for a seat')
})

test('nobody gets in without a session, and no form of another site does anything', async () => {
  const { app } = await openTeamflow()
  const stranger = await openWindow(app)
  await stranger.page.goto('/settings/members')
  expect(new URL(stranger.page.url()).pathname).toBe('/sign-in')
  expect((await fetch(`${app}/softgate-token`)).status).toBe(401)

  const { page, context } = await signIn(app, 'Priya Nair')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const forged = (headers: Record<string, string>) =>
    fetch(`${app}/settings/members/tom/remove`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `${cookie?.name}=${cookie?.value}`, ...headers },
    })
  expect((await forged({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await forged({})).status).toBe(403)
  await page.goto('/settings/members')
  await page.getByText('tom@acme.example').waitFor()

  await page.getByRole('button', { name: /account menu/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  expect(
    (await fetch(`${app}/softgate-token`, { headers: { cookie: `${cookie?.name}=${cookie?.value}` } })).status,
  ).toBe(401)
})

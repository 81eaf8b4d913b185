import type { BrowserContextOptions, Page } from 'playwright'
import { openWindow, type Window } from './chromium.ts'

/** Signs in through the picker, as a person does. */
export async function signIn(app: string, name: RegExp | string, options?: BrowserContextOptions): Promise<Window> {
  const window = await openWindow(app, options)
  await window.page.goto('/sign-in')
  await window.page.getByRole('button', { name: typeof name === 'string' ? `Sign in as ${name}` : name }).click()
  await window.page.waitForURL('**/projects')
  return window
}

/** Types addresses into the invitation form and sends it. */
export async function invite(page: Page, emails: string): Promise<void> {
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page.getByLabel('Email addresses').fill(emails)
  await page.getByRole('button', { name: 'Send invitations' }).click()
}

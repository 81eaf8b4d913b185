import type { Context } from 'hono'
import type { ComponentChildren } from 'preact'
import type { AccountPages } from '../account.ts'
import type { Assets } from '../assets.ts'
import type { Invitations } from '../invite.ts'
import type { Permissions } from '../permissions.ts'
import type { SignedIn } from '../session.ts'
import type { Store } from '../store/index.ts'
import { type DocumentProps, renderDocument } from '../views/document.tsx'
import type { Work } from '../work.ts'

/** What every page and action works with. */
export interface Deps {
  store: Store
  permissions: Permissions
  about: AccountPages
  invitations: Invitations
  work: Work
  assets: Assets
}

export type PageContext = Context<SignedIn>

interface PageInput extends Pick<DocumentProps, 'title' | 'under'> {
  children: ComponentChildren
}

/** Answers with a page inside TeamFlow's frame. */
export async function page(c: PageContext, deps: Deps, { title, under, children }: PageInput): Promise<Response> {
  const { store, permissions, assets } = deps
  const session = c.get('session')
  const { account, person } = session
  const shell = {
    session,
    unread: store.team.unread(account.id, person.id),
    projects: store.boards.projects(account.id),
    seats: await permissions.check(account.id, 'seats'),
  }
  return c.html(renderDocument({ title, assets, path: c.req.path, shell, ...(under && { under }), children }))
}

/** Whether a script asks, and not a page that will be shown. */
export const wantsJson = (c: PageContext): boolean => c.req.header('accept')?.includes('application/json') ?? false

/** A text field of the form that was sent, without the space around it. */
export async function fields(c: PageContext): Promise<(name: string) => string> {
  const body = await c.req.parseBody()
  return (name) => {
    const value = body[name]
    return typeof value === 'string' ? value.trim() : ''
  }
}

import type { Hono } from 'hono'
import type { SignedIn } from '../session.ts'
import { Plans } from '../views/plans.tsx'
import { type Deps, page } from './context.ts'

export function planPages(app: Hono<SignedIn>, deps: Deps): void {
  app.get('/settings/plans', (c) =>
    page(c, deps, {
      title: 'Plans',
      under: { title: 'Settings', href: '/settings/members' },
      children: <Plans />,
    }),
  )
}

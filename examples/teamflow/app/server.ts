import { Hono } from 'hono'
import { createAccountPages } from './account.ts'
import { serveAssets } from './assets.ts'
import { secureHeaders } from './headers.ts'
import { createInvitations } from './invite.ts'
import { boardPages } from './pages/boards.tsx'
import type { Deps } from './pages/context.ts'
import { memberPages } from './pages/members.tsx'
import { planPages } from './pages/plans.tsx'
import { settingsPages } from './pages/settings.tsx'
import { signInPages } from './pages/sign-in.tsx'
import { usagePages } from './pages/usage.tsx'
import { workPages } from './pages/work.tsx'
import { type Backend, createPermissions } from './permissions.ts'
import { requireSession, type SignedIn, sameOriginOnly } from './session.ts'
import type { Store } from './store/index.ts'
import { createWork } from './work.ts'

export interface TeamflowOptions {
  store: Store
  /** Softgate: its app in this process, or anything else that answers a request for its wire. */
  backend: (request: Request, env?: unknown) => ReturnType<Backend>
  secretKey: string
  /** Folder in which usage waits while Softgate is away; in memory when left out. */
  spool?: string | null
  /** Where Stripe.js comes from, for banks that ask and for other cards; without it neither is offered. */
  stripeJs?: string
  /** The time that usage is reported with, in epoch ms; the machine's when left out. */
  now?: () => number
  /** Milliseconds between two looks at who waits for a seat; 2,000 when left out. */
  tickMs?: number
}

export interface Teamflow {
  app: Hono
  /** Looks for invitations that have waited, now. */
  tick(): Promise<void>
  close(): Promise<void>
}

const favicon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><rect width="22" height="22" rx="6" fill="#23252e"/><path d="M6.5 5.5v11M11 5.5v7M15.5 5.5v9" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'

/** Builds TeamFlow: an app with its own people, boards and data, which asks Softgate what each account may do. */
export async function createTeamflow({
  store,
  backend,
  secretKey,
  spool = null,
  stripeJs,
  now,
  tickMs = 2_000,
}: TeamflowOptions): Promise<Teamflow> {
  const permissions = createPermissions({ backend, secretKey, team: store.team, spool, ...(now && { now }) })
  const invitations = createInvitations({ store, permissions })
  const work = createWork({ store, permissions })

  const app = new Hono()
  mountSoftgate(app, backend)
  app.use(secureHeaders(stripeJs ? new URL(stripeJs).origin : null))
  app.use(sameOriginOnly)
  const assets = { ...(await serveAssets(app)), ...(stripeJs && { stripe: stripeJs }) }
  app.get('/favicon.svg', (c) => c.body(favicon, 200, { 'content-type': 'image/svg+xml' }))
  const about = createAccountPages({ backend, secretKey })
  const deps: Deps = { store, permissions, about, invitations, work, assets }
  signInPages(app, deps)
  app.route('/', signedIn(deps))
  app.notFound((c) => c.text('There is no such page in TeamFlow.', 404))
  app.onError((error, c) => {
    process.stderr.write(`teamflow: ${c.req.method} ${c.req.path}: ${error.stack ?? error.message}\n`)
    return c.text('TeamFlow could not do that.', 500)
  })

  const tick = async (): Promise<void> => {
    for (const account of store.team.waitingAccounts()) await invitations.release(account)
  }
  let ticking = Promise.resolve()
  const timer = setInterval(() => {
    ticking = tick().catch((error) => void process.stderr.write(`teamflow: ${error}\n`))
  }, tickMs)
  return {
    app,
    tick,
    async close() {
      clearInterval(timer)
      await ticking
      await permissions.close()
      store.close()
    },
  }
}

/** The browser reaches Softgate under TeamFlow's own address: no second origin, no CORS, and one policy for scripts. */
function mountSoftgate(app: Hono, backend: TeamflowOptions['backend']): void {
  const answer = async (request: Request, env?: unknown): Promise<Response> => {
    try {
      return await backend(request, env)
    } catch {
      return Response.json({ error: 'Softgate does not answer.' }, { status: 502 })
    }
  }
  app.mount('/softgate', answer)
  app.get('/widget.js', (c) => answer(new Request(c.req.raw), c.env))
}

function signedIn(deps: Deps): Hono<SignedIn> {
  const app = new Hono<SignedIn>()
  app.use(requireSession(deps.store.people))
  app.get('/', (c) => c.redirect('/projects'))
  // Every browser may ask: the answer is for whoever is signed in, and another site can neither send the cookie nor read it.
  app.on(['GET', 'POST'], '/softgate-token', (c) => c.json(deps.permissions.token(c.get('session'))))
  boardPages(app, deps)
  workPages(app, deps)
  memberPages(app, deps)
  settingsPages(app, deps)
  usagePages(app, deps)
  planPages(app, deps)
  return app
}

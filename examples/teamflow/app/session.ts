import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Person, Session } from './model.ts'
import type { People } from './store/people.ts'

const cookie = 'teamflow_session'

export interface SignedIn {
  Variables: { session: Session }
}

const options = (c: Context) => ({
  httpOnly: true,
  sameSite: 'Lax' as const,
  path: '/',
  secure: new URL(c.req.url).protocol === 'https:',
})

export function signIn(c: Context, people: People, person: Person): void {
  setCookie(c, cookie, people.signIn(person), { ...options(c), maxAge: 14 * 86_400 })
}

export function signOut(c: Context, people: People): void {
  const token = deleteCookie(c, cookie, options(c))
  if (token) people.signOut(token)
}

export const sessionOf = (c: Context, people: People): Session | null => {
  const token = getCookie(c, cookie)
  return token ? people.session(token) : null
}

/** Lets nobody in without a session: pages lead to the sign-in, calls are told. */
export const requireSession =
  (people: People): MiddlewareHandler<SignedIn> =>
  async (c, next) => {
    const session = sessionOf(c, people)
    if (session) {
      c.set('session', session)
      return next()
    }
    if (c.req.method === 'GET' && c.req.header('accept')?.includes('text/html')) return c.redirect('/sign-in')
    return c.json({ error: 'Sign in first.' }, 401)
  }

/**
 * Refuses what another site has sent. The cookie is `SameSite=Lax` already; this holds for browsers and sibling hosts that
 * see that differently, and asks for no token in the forms.
 */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const host = origin && URL.canParse(origin) ? new URL(origin).host : null
  const own = host !== null && host === c.req.header('host') && (site === undefined || site === 'same-origin')
  return own ? next() : c.json({ error: 'This did not come from a page of TeamFlow.' }, 403)
}

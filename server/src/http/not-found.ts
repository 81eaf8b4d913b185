import type { Hono } from 'hono'
import { ProblemError } from '../kernel/problem.ts'
import type { Replies } from './reply.ts'
import type { RouteEntry } from './route.ts'

/** Answers what no route has taken: 405 with the methods that the path knows, 404 where there is no such path. */
export function notFoundRoutes(
  app: Hono,
  { routes, replies }: { routes: readonly RouteEntry[]; replies: Replies },
): void {
  const known = routes.map(({ key }) => {
    const [method = '', path = ''] = key.split(' ')
    return { method, path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }
  })
  app.notFound((c) => {
    const { method, path } = c.req
    const methods = known.filter((route) => route.path.test(path)).map((route) => route.method)
    if (methods.length === 0)
      return replies.problem(c, new ProblemError('route_unknown', `There is no ${method} ${path}. See /openapi.json.`))
    const detail = `${path} takes ${methods.join(' and ')}, not ${method}. See /openapi.json.`
    const reply = replies.problemOf(c.req.header('origin'), new ProblemError('method_not_allowed', detail))
    return replies.send(c, {
      ...reply,
      headers: { ...reply.headers, allow: methods.map((known) => (known === 'GET' ? 'GET, HEAD' : known)).join(', ') },
    })
  })
}

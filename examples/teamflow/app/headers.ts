import type { MiddlewareHandler } from 'hono'

/** @param stripe the origin of Stripe.js, or null where it is not used: the one thing that may come from elsewhere */
const policyOf = (stripe: string | null): string => {
  const also = stripe ? ` ${stripe}` : ''
  return [
    "default-src 'none'",
    `script-src 'self'${also}`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${also}`,
    `frame-src${also || " 'none'"}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Nothing but the payment runs, shows or frames from elsewhere, and nothing of a page is kept in a shared cache. */
export function secureHeaders(stripe: string | null): MiddlewareHandler {
  const policy = policyOf(stripe)
  return async (c, next) => {
    await next()
    c.header('content-security-policy', policy)
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'same-origin')
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  }
}

import { mintToken } from '@softgate/sdk/host'
import { Hono } from 'hono'
import { getAccount, getUser, putAccount, putUser } from '../flows/accounts.ts'
import type { Context } from '../flows/context.ts'
import { doctor } from '../flows/doctor.ts'
import { eraseAccount } from '../flows/erase.ts'
import { estimate } from '../flows/estimate.ts'
import { gate } from '../flows/gate.ts'
import { invoices } from '../flows/invoices.ts'
import { recordOutcome } from '../flows/outcome.ts'
import { deleteOverride, getOverrides, putOverride } from '../flows/overrides.ts'
import { comparePlans } from '../flows/plans.ts'
import { openPortal } from '../flows/portal.ts'
import { quote } from '../flows/quote.ts'
import { reprice } from '../flows/reprice.ts'
import { answerRequest, askAdmin, listRequests, withdrawRequest } from '../flows/requests.ts'
import { results } from '../flows/results.ts'
import { receiveStripeEvent } from '../flows/stripe-event.ts'
import { showSubscription } from '../flows/subscription.ts'
import { commit, release, reserve } from '../flows/take.ts'
import { cancelUpgrade, confirmUpgrade, payUpgrade, showUpgrade } from '../flows/upgrade.ts'
import { usage } from '../flows/usage.ts'
import { listForVendor } from '../flows/vendor-requests.ts'
import { createRateLimit } from '../kernel/rate.ts'
import { readText } from './body.ts'
import { hotRoutes } from './hot.ts'
import { type Hot, registerHot } from './hot-shells.ts'
import { createKeepReplies } from './idempotency.ts'
import { createAuthenticator } from './keys.ts'
import { metricsText } from './metrics.ts'
import { notFoundRoutes } from './not-found.ts'
import { openApi } from './openapi.ts'
import { asProblem, createReplies, preflight } from './reply.ts'
import { createRouter, type RouteEntry, requireSecret } from './route.ts'
import { accountInput, eraseQuery, overrideInput, tokenInput, userInput } from './schemas/accounts.ts'
import { doctorInput, repriceInput, resultsInput } from './schemas/admin.ts'
import {
  gateInput,
  outcomeInput,
  portalInput,
  quoteInput,
  requestAnswerInput,
  requestInput,
  upgradeCardInput,
  upgradeInput,
} from './schemas/billing.ts'
import { commitInput, plansQuery, releaseInput, reserveInput, usageQuery } from './schemas/usage.ts'
import { streamRoute } from './stream.ts'
import { widgetRoutes } from './widget.ts'

export interface AppOptions {
  context: Context
  secretKeys: readonly string[]
}

export interface SoftgateApp {
  app: Hono
  /** Every route, for the description of the wire and for tests that must not miss one. */
  routes: readonly RouteEntry[]
  /** Ends the live streams. */
  closeStreams(): void
}

const webhookLimit = 512 * 1_024

/** The wire: hot routes first, before anything that could slow them; then the rest; errors in one place. */
export function createApp({ context, secretKeys }: AppOptions): SoftgateApp {
  const app = new Hono()
  const authenticate = createAuthenticator(secretKeys, context.wall)
  const { origins } = context.catalog
  const replies = createReplies(origins)
  const problem: Hot['problem'] = (error, origin, doing) => {
    const known = asProblem(error)
    if (known.code === 'internal' || known.cause !== undefined) context.failed(error, doing)
    return replies.problemOf(origin, known)
  }
  const hot = hotRoutes(context, replies)
  registerHot(app, { routes: hot, authenticate, replies, problem })
  const stream = streamRoute({ app, context, authenticate, replies })

  const { route, entries } = createRouter({ app, authenticate, replies, keep: createKeepReplies(context) })
  accountRoutes(route, context, secretKeys[0] ?? '')
  reservationRoutes(route, context)
  promptRoutes(route, context)
  billingRoutes(route, context)
  historyRoutes(route, context)
  adminRoutes(route, context)

  app.post('/v1/webhooks/stripe', async (c) => {
    await receiveStripeEvent(context, await readText(c.req, webhookLimit), c.req.header('stripe-signature'))
    return replies.json(c, '{"received":true}')
  })
  const webhook: RouteEntry = { key: 'POST /v1/webhooks/stripe', access: 'stripe', schema: null }
  const open: RouteEntry[] = ['GET /healthz', 'GET /readyz', 'GET /openapi.json'].map((key) => ({
    key,
    access: 'open',
    schema: null,
  }))
  const metrics: RouteEntry = { key: 'GET /metrics', access: 'secret', schema: null }
  const routes = [...hot, stream, ...entries, webhook, ...open, metrics]

  app.get('/healthz', (c) => replies.json(c, '{"ok":true}'))
  app.get('/readyz', async (c) => {
    await context.database.ping()
    return replies.json(c, '{"ready":true}')
  })
  app.get('/metrics', (c) => {
    requireSecret(authenticate(c.req.header('authorization')))
    return c.text(metricsText(context), 200, { 'cache-control': 'no-store' })
  })
  widgetRoutes(app)
  let description: string | undefined
  app.get('/openapi.json', (c) => {
    description ??= JSON.stringify(openApi(routes))
    return replies.json(c, description)
  })
  app.options('*', (c) => preflight(c, origins))
  notFoundRoutes(app, { routes, replies })
  app.onError((error, c) => replies.send(c, problem(error, c.req.header('origin'), `${c.req.method} ${c.req.path}`)))
  return { app, routes, closeStreams: stream.closeAll }
}

function adminRoutes(route: Route, context: Context): void {
  route('GET /v1/admin/requests', { access: 'secret', schema: null, handle: () => listForVendor(context) })
  route('POST /v1/admin/doctor', {
    access: 'secret',
    schema: doctorInput,
    handle: ({ body }) => doctor(context, body),
  })
  route('POST /v1/admin/results', {
    access: 'secret',
    schema: resultsInput,
    handle: ({ body }) => results(context, body),
  })
  route('POST /v1/admin/reprice', {
    access: 'secret',
    schema: repriceInput,
    handle: ({ body }) => reprice(context, body),
  })
}

type Route = ReturnType<typeof createRouter>['route']

function reservationRoutes(route: Route, context: Context): void {
  route('POST /v1/reserve', { access: 'secret', schema: reserveInput, handle: ({ body }) => reserve(context, body) })
  route('POST /v1/commit', { access: 'secret', schema: commitInput, handle: ({ body }) => commit(context, body) })
  route('POST /v1/release', { access: 'secret', schema: releaseInput, handle: ({ body }) => release(context, body) })
}

function accountRoutes(route: Route, context: Context, secretKey: string): void {
  route('POST /v1/tokens', {
    access: 'secret',
    schema: tokenInput,
    handle: async ({ body }) => mintToken({ ...body, secretKey, now: context.wall.now() }),
  })
  route('PUT /v1/accounts/{account}', {
    access: 'secret',
    schema: accountInput,
    handle: ({ params, body }) => putAccount(context, params.account, body),
  })
  route('GET /v1/accounts/{account}', {
    access: 'secret',
    schema: null,
    handle: ({ params }) => getAccount(context, params.account),
  })
  route('DELETE /v1/accounts/{account}', {
    access: 'secret',
    schema: null,
    query: eraseQuery,
    handle: ({ params, query }) => eraseAccount(context, params.account, query),
  })
  route('PUT /v1/accounts/{account}/users/{user}', {
    access: 'secret',
    schema: userInput,
    handle: ({ params, body }) => putUser(context, params.account, params.user, body),
  })
  route('GET /v1/accounts/{account}/users/{user}', {
    access: 'secret',
    schema: null,
    handle: ({ params }) => getUser(context, params.account, params.user),
  })
  route('PUT /v1/accounts/{account}/overrides/{feature}', {
    access: 'secret',
    schema: overrideInput,
    handle: ({ params, body }) => putOverride(context, params, body),
  })
  route('GET /v1/accounts/{account}/overrides/{feature}', {
    access: 'secret',
    schema: null,
    handle: ({ params }) => getOverrides(context, params),
  })
  route('DELETE /v1/accounts/{account}/overrides/{feature}', {
    access: 'secret',
    schema: null,
    handle: ({ params }) => deleteOverride(context, params),
  })
}

function promptRoutes(route: Route, context: Context): void {
  route('POST /v1/gates', { access: 'user', schema: gateInput, handle: ({ who, body }) => gate(context, who, body) })
  route('POST /v1/prompts/{delivery}/outcome', {
    access: 'user',
    schema: outcomeInput,
    handle: ({ who, params, body }) => recordOutcome(context, who, params.delivery, body),
  })
  route('POST /v1/requests', {
    access: 'user',
    schema: requestInput,
    handle: ({ who, body }) => askAdmin(context, who, body),
  })
  route('GET /v1/requests', { access: 'user', schema: null, handle: ({ who }) => listRequests(context, who) })
  route('POST /v1/requests/{id}', {
    access: 'user',
    schema: requestAnswerInput,
    handle: ({ who, params, body }) => answerRequest(context, who, params.id, body),
  })
  route('DELETE /v1/requests/{id}', {
    access: 'user',
    schema: null,
    handle: ({ who, params }) => withdrawRequest(context, who, params.id),
  })
}

function billingRoutes(route: Route, context: Context): void {
  // Each quote costs previews at Stripe, and Stripe itself allows a subscription ten new invoices a minute.
  const quotes = createRateLimit(context.clock, { points: 30, seconds: 60 })
  const upgrades = createRateLimit(context.clock, { points: 60, seconds: 60 })
  route('POST /v1/quotes', {
    access: 'user',
    schema: quoteInput,
    handle: async ({ who, body }) => {
      quotes(who.account)
      return quote(context, who, body)
    },
  })
  route('POST /v1/upgrades', {
    access: 'user',
    schema: upgradeInput,
    handle: async ({ who, body }) => {
      upgrades(who.account)
      return confirmUpgrade(context, who, body.quote)
    },
  })
  route('GET /v1/upgrades/{id}', {
    access: 'user',
    schema: null,
    handle: ({ who, params }) => showUpgrade(context, who, params.id),
  })
  route('DELETE /v1/upgrades/{id}', {
    access: 'user',
    schema: null,
    handle: ({ who, params }) => cancelUpgrade(context, who, params.id),
  })
  route('POST /v1/upgrades/{id}/card', {
    access: 'user',
    schema: upgradeCardInput,
    handle: async ({ who, params, body }) => {
      upgrades(who.account)
      return payUpgrade(context, who, params.id, body)
    },
  })
}

function historyRoutes(route: Route, context: Context): void {
  // Each costs a call to Stripe.
  const stripeReads = createRateLimit(context.clock, { points: 30, seconds: 60 })
  route('GET /v1/usage', {
    access: 'user',
    schema: null,
    query: usageQuery,
    handle: ({ who, query }) => usage(context, who, query),
  })
  route('GET /v1/plans', {
    access: 'user',
    schema: null,
    query: plansQuery,
    handle: ({ who, query }) => comparePlans(context, who, query),
  })
  route('GET /v1/subscription', {
    access: 'user',
    schema: null,
    handle: async ({ who }) => {
      stripeReads(who.account)
      return showSubscription(context, who)
    },
  })
  route('GET /v1/estimate', {
    access: 'user',
    schema: null,
    handle: async ({ who }) => {
      stripeReads(who.account)
      return estimate(context, who)
    },
  })
  route('GET /v1/invoices', {
    access: 'user',
    schema: null,
    handle: async ({ who }) => {
      stripeReads(who.account)
      return invoices(context, who)
    },
  })
  route('POST /v1/portal', {
    access: 'user',
    schema: portalInput,
    handle: async ({ who, body }) => {
      stripeReads(who.account)
      return openPortal(context, who, body)
    },
  })
}

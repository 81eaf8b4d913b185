/**
 * What must not compile. `tsc` checks this file with the rest: a directive below that suppresses nothing is an error, so each
 * one is a test.
 */
import type { BodyOf, CheckInput, Decision, EventInput, RouteKey } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { z } from 'zod'
import type { createRouter } from '../../server/src/http/route.ts'
import { schemaFor } from '../../server/src/http/schemas/schema-for.ts'

declare const never: () => never

const features = {
  seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } },
  sso: { kind: 'boolean', title: 'Single sign-on' },
} as const
const text = { title: 't', body: 'b', action: 'a', dismiss: 'd' }
const prompts = { full: { placement: 'banner', variants: { fact: { copy: { en: { buy: text, ask: text } } } } } }
const plans = { free: { title: 'Free', grants: { seats: 3 } } } as const
const blocked = { title: 'T', source: { on: 'blocked' }, expansion: 'seats', prompt: 'full' } as const

export const catalogue = [
  // This one is right: the others differ from it by a word.
  () => defineConfig({ features, plans, prompts, triggers: { t: blocked }, defaultPlan: 'free' }),

  // @ts-expect-error a plan that does not exist
  () => defineConfig({ features, plans, defaultPlan: 'fre' }),

  // @ts-expect-error a feature that does not exist
  () => defineConfig({ features, plans: { free: { title: 'Free', grants: { saets: 3 } } }, defaultPlan: 'free' }),

  // @ts-expect-error a grant that is none
  () => defineConfig({ features, plans: { free: { title: 'Free', grants: { sso: 'yes' } } }, defaultPlan: 'free' }),

  () =>
    defineConfig({
      features,
      plans: {
        pro: {
          title: 'Pro',
          grants: {},
          // @ts-expect-error a price by a unit that does not exist
          prices: [{ interval: 'month', currency: 'usd', unitAmount: 1, per: 'desks' }],
        },
      },
      defaultPlan: 'pro',
    }),

  () =>
    defineConfig({
      features,
      plans: {
        // @ts-expect-error an interval that is not sold
        pro: { title: 'Pro', grants: {}, prices: [{ interval: 'week', currency: 'usd', unitAmount: 1, per: 'seats' }] },
      },
      defaultPlan: 'pro',
    }),

  () =>
    // @ts-expect-error a prompt that does not exist
    defineConfig({ features, plans, prompts, triggers: { t: { ...blocked, prompt: 'empty' } }, defaultPlan: 'free' }),

  () =>
    defineConfig({
      features,
      plans,
      prompts,
      // @ts-expect-error a trigger on a feature that does not exist
      triggers: { t: { ...blocked, source: { on: 'blocked', feature: 'saets' } } },
      defaultPlan: 'free',
    }),

  // @ts-expect-error a kind of feature that there is not
  () => defineConfig({ features: { ...features, x: { kind: 'gauge', title: 'X' } }, plans, defaultPlan: 'free' }),

  // @ts-expect-error a setting that there is not
  () => defineConfig({ features, plans, defaultPlan: 'free', qouteMinutes: 5 }),

  // @ts-expect-error a segment that there is not
  () => defineConfig({ features, plans, defaultPlan: 'free', readiness: { small: { nps: 7 } } }),
]

const account = z.string().exactOptional()
const naming = { user: account, entity: account, explain: z.boolean().exactOptional() }
const feature = z.string()
const quantity = z.int().exactOptional()

export const schemas = [
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature, quantity })),

  // @ts-expect-error a field that the contract has not
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature, quantity, colour: z.string() })),

  // @ts-expect-error a field less, though an optional one
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature })),

  // @ts-expect-error an optional that lets undefined in
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature, quantity: z.int().optional() })),

  // @ts-expect-error an optional where the contract demands a value
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature: feature.exactOptional(), quantity })),

  // @ts-expect-error a demand where the contract leaves a choice
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account: z.string(), feature, quantity })),

  // @ts-expect-error another type
  () => schemaFor<CheckInput>()(z.strictObject({ ...naming, account, feature, quantity: z.string().exactOptional() })),
]

declare const router: ReturnType<typeof createRouter>
declare const decision: Decision
declare const checkSchema: z.ZodType<CheckInput>
declare const eventSchema: z.ZodType<EventInput>

export const routes = [
  () => router.route('POST /v1/check', { access: 'secret', schema: checkSchema, handle: async () => decision }),

  // @ts-expect-error a route that there is not
  () => router.route('POST /v1/chekc', { access: 'secret', schema: checkSchema, handle: async () => decision }),

  // @ts-expect-error the schema of another route
  () => router.route('POST /v1/check', { access: 'secret', schema: eventSchema, handle: async () => decision }),

  // @ts-expect-error an answer of another route
  () => router.route('POST /v1/check', { access: 'secret', schema: checkSchema, handle: async () => ({ token: '' }) }),

  () =>
    // @ts-expect-error a body where the route has none
    router.route('GET /v1/requests', { access: 'user', schema: checkSchema, handle: async () => ({ requests: [] }) }),

  () =>
    router.route('GET /v1/upgrades/{id}', {
      access: 'user',
      schema: null,
      handle: async ({ params }) => {
        // @ts-expect-error a parameter that the path has not
        return params.id === params.upgrade ? never() : never()
      },
    }),

  // @ts-expect-error a key that there is not
  (key: 'POST /v1/nothing'): RouteKey => key,

  // @ts-expect-error a body without what it needs
  (): BodyOf<'POST /v1/check'> => ({ quantity: 1 }),
]

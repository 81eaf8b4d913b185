import type { AccountInput, EraseQuery, OverrideInput, TokenInput, UserInput } from '@softgate/sdk/contract'
import { maxCapDays } from '@softgate/sdk/host'
import { z } from 'zod'
import { isTimeZone } from '../../kernel/period.ts'
import { facts, id, instant, maxUnits, scalar, schemaFor, text } from './schema-for.ts'

const clearable = <T extends z.ZodType>(schema: T) => schema.nullable().exactOptional()
const currency = z.string().regex(/^[a-z]{3}$/, 'must be an ISO 4217 code in small letters')

export const accountInput = schemaFor<AccountInput>()(
  z.strictObject({
    name: clearable(text(200)),
    segment: clearable(z.enum(['smb', 'mid_market', 'enterprise'])),
    plan: clearable(text(40)),
    timeZone: clearable(text(64).refine(isTimeZone, 'must be an IANA time zone')),
    currency: clearable(currency),
    stripeCustomerId: clearable(z.string().regex(/^cus_[A-Za-z0-9_]{1,60}$/, 'must be an id of a Stripe customer')),
    onboardedAt: clearable(instant),
    contractRenewsAt: clearable(instant),
    contractValue: clearable(z.int().min(0)),
    healthScore: clearable(z.number().min(0).max(100)),
    facts: clearable(facts),
  }),
)

export const eraseQuery = schemaFor<EraseQuery>()(z.strictObject({ subscription: z.literal('leave').exactOptional() }))

export const userInput = schemaFor<UserInput>()(
  z.strictObject({
    email: clearable(z.email().max(254)),
    name: clearable(text(200)),
    role: clearable(text(40)),
    locale: clearable(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 tag')),
    entities: clearable(z.array(id).max(100)),
  }),
)

export const tokenInput = schemaFor<TokenInput>()(
  z.strictObject({
    account: id,
    user: id,
    may: z
      .array(z.enum(['purchase']))
      .max(1)
      .exactOptional(),
    cap: z
      .strictObject({ amount: z.int().min(0), currency, days: z.int().min(1).max(maxCapDays).exactOptional() })
      .exactOptional(),
    expiresIn: z.int().min(1).max(900).exactOptional(),
  }),
)

export const overrideInput = schemaFor<OverrideInput>()(
  z.strictObject({
    grant: z
      .union([z.literal(true), z.int().min(0).max(maxUnits), z.literal('unlimited'), z.strictObject({ value: scalar })])
      .nullable(),
    reason: text(500),
    author: text(200),
    endsAt: clearable(instant),
    trial: z.boolean().exactOptional(),
  }),
)

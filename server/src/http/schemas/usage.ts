import type {
  CheckInput,
  CommitInput,
  ConsumeInput,
  EventInput,
  ImportQuery,
  PlansQuery,
  ReleaseInput,
  ReserveInput,
  UsageQuery,
} from '@softgate/sdk/contract'
import { z } from 'zod'
import { longestName } from '../../metering/days.ts'
import { facts, id, instant, maxUnits, quantity, schemaFor, text } from './schema-for.ts'

const feature = text(40)

export const checkInput = schemaFor<CheckInput>()(
  z.strictObject({
    account: id.exactOptional(),
    user: id.exactOptional(),
    entity: id.exactOptional(),
    feature,
    quantity: quantity.exactOptional(),
    explain: z.boolean().exactOptional(),
  }),
)

export const consumeInput = schemaFor<ConsumeInput>()(
  z.strictObject({
    id,
    account: id,
    user: id.exactOptional(),
    entity: id.exactOptional(),
    feature,
    quantity: quantity.exactOptional(),
  }),
)

export const reserveInput = schemaFor<ReserveInput>()(
  z.strictObject({
    id,
    account: id,
    user: id.exactOptional(),
    entity: id.exactOptional(),
    feature,
    quantity: quantity.exactOptional(),
    expiresIn: z.int().min(1).max(86_400).exactOptional(),
  }),
)

export const commitInput = schemaFor<CommitInput>()(
  z.strictObject({ id, account: id, quantity: quantity.exactOptional() }),
)

export const releaseInput = schemaFor<ReleaseInput>()(z.strictObject({ id, account: id }))

const eventFields = {
  id,
  account: id.exactOptional(),
  user: id.exactOptional(),
  entity: id.exactOptional(),
  name: text(100),
  feature: feature.exactOptional(),
  value: quantity.exactOptional(),
  set: z.int().min(0).max(maxUnits).exactOptional(),
  time: instant,
  properties: facts.exactOptional(),
  replaces: id.exactOptional(),
}

export const eventInput = schemaFor<EventInput>()(z.strictObject(eventFields))

/** The id of an event as it is stored and exported: that of a CloudEvent has its source before it. */
const storedId = z
  .string()
  .min(1)
  .max(longestName)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must have no control characters')

export const pastEvent = schemaFor<EventInput>()(
  z.strictObject({ ...eventFields, id: storedId, replaces: storedId.exactOptional() }),
)

/** As far as a `Date` goes, whatever is added to it. */
const sentAt = z.number().min(0).max(8e15).exactOptional()

/** The envelope only: each event is judged by itself, so that a bad one never takes its batch down. */
export const eventsEnvelope = z.strictObject({ sentAt, events: z.array(z.unknown()).min(1).max(1_000) })

/** The whole request, as the description of the wire has it. */
export const eventsInput = z.strictObject({ sentAt, events: z.array(eventInput).min(1).max(1_000) })

/** The same of history. */
export const importInput = z.strictObject({ sentAt, events: z.array(pastEvent).min(1).max(1_000) })

/** Whether it is said that no such event was ever sent here; see `Imported`. */
export const importQuery = schemaFor<ImportQuery>()(z.strictObject({ uncounted: z.literal('true').exactOptional() }))

/** CloudEvents 1.0, JSON format: `subject` is the account, `type` the event's name, `data` what it counts. */
export const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id,
  source: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must have no control characters'),
  type: text(100),
  subject: id.exactOptional(),
  time: instant,
  data: z
    .strictObject({
      user: id.exactOptional(),
      entity: id.exactOptional(),
      feature: feature.exactOptional(),
      value: quantity.exactOptional(),
      set: z.int().min(0).max(maxUnits).exactOptional(),
      properties: facts.exactOptional(),
      replaces: id.exactOptional(),
    })
    .exactOptional(),
  /** Bytes are not read: taken for an event without data, it would count something else. */
  data_base64: z.never().exactOptional(),
})

/** A query is text: the number is read from it. */
export const usageQuery = schemaFor<UsageQuery>()(
  z.strictObject({
    feature,
    days: z.coerce.number().int().min(1).max(366).exactOptional(),
    by: text(64).exactOptional(),
    entity: id.exactOptional(),
    total: z
      .literal('true')
      .transform(() => true as const)
      .exactOptional(),
  }),
)

export const plansQuery = schemaFor<PlansQuery>()(z.strictObject({ feature: text(400).exactOptional() }))

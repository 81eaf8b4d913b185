import type { EventInput } from '@softgate/sdk/contract'
import type { z } from 'zod'
import { nameFor } from '../metering/days.ts'
import type { cloudEvent } from './schemas/usage.ts'

/** A CloudEvent (1.0) as one of our events: `source` and `id` name it together, `subject` is the account. */
export function fromCloudEvent({ id, source, type, subject, time, data = {} }: z.infer<typeof cloudEvent>): EventInput {
  const { replaces, ...rest } = data
  return {
    id: nameFor(`${source} ${id}`),
    ...(subject !== undefined && { account: subject }),
    name: type,
    time,
    ...rest,
    ...(replaces !== undefined && { replaces: nameFor(`${source} ${replaces}`) }),
  }
}

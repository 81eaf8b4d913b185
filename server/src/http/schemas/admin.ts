import type { DoctorInput, RepriceInput, ResultsInput } from '@softgate/sdk/contract'
import { z } from 'zod'
import { id, instant, schemaFor, text } from './schema-for.ts'

/** Where the doctor was among the counters, as it has said it: what names one, as JSON. */
const place = z.tuple([z.string(), z.string(), z.string(), z.int()])
const counter = text(2_000).refine(isPlace, 'is no place that an answer has named')

function isPlace(value: string): boolean {
  try {
    return place.safeParse(JSON.parse(value)).success
  } catch {
    return false
  }
}

export const doctorInput = schemaFor<DoctorInput>()(
  z.strictObject({
    mode: z.enum(['look', 'mend']),
    after: id.exactOptional(),
    subscription: id.exactOptional(),
    counter: counter.exactOptional(),
  }),
)

export const repriceInput = schemaFor<RepriceInput>()(
  z.strictObject({
    plan: text(40).exactOptional(),
    addon: text(40).exactOptional(),
    when: z.enum(['renewal', 'now', 'now_free']),
    mode: z.enum(['look', 'apply']),
    accounts: z.array(id).max(50).exactOptional(),
    after: id.exactOptional(),
  }),
)

export const resultsInput = schemaFor<ResultsInput>()(
  z.strictObject({
    prompt: text(40),
    days: z.int().min(1).max(90).exactOptional(),
    since: instant.exactOptional(),
  }),
)

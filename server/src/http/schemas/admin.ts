import type { DoctorInput, RepriceInput, ResultsInput } from '@softgate/sdk/contract'
import { z } from 'zod'
import { id, instant, schemaFor, text } from './schema-for.ts'

export const doctorInput = schemaFor<DoctorInput>()(
  z.strictObject({ mode: z.enum(['look', 'mend']), after: id.exactOptional(), subscription: id.exactOptional() }),
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

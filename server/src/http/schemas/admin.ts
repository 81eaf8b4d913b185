import type { DoctorInput } from '@softgate/sdk/contract'
import { z } from 'zod'
import { id, schemaFor } from './schema-for.ts'

export const doctorInput = schemaFor<DoctorInput>()(
  z.strictObject({ mode: z.enum(['look', 'mend']), after: id.exactOptional() }),
)

import type {
  GateInput,
  OutcomeInput,
  PortalInput,
  QuoteInput,
  RequestAnswerInput,
  RequestInput,
  UpgradeCardInput,
  UpgradeInput,
} from '@softgate/sdk/contract'
import { z } from 'zod'
import { id, quantity, schemaFor, text } from './schema-for.ts'

export const quoteInput = schemaFor<QuoteInput>()(
  z.strictObject({
    offer: id,
    quantity: quantity.exactOptional(),
    promotionCode: text(100).exactOptional(),
    card: id.exactOptional(),
  }),
)

export const portalInput = schemaFor<PortalInput>()(
  z.strictObject({ page: z.enum(['home', 'payment_method']).exactOptional() }),
)

export const upgradeInput = schemaFor<UpgradeInput>()(z.strictObject({ quote: id }))

export const upgradeCardInput = schemaFor<UpgradeCardInput>()(
  z.strictObject({ card: id.exactOptional(), keep: z.boolean().exactOptional() }),
)

export const gateInput = schemaFor<GateInput>()(
  z.strictObject({
    feature: text(40),
    quantity: quantity.exactOptional(),
    placement: text(40).exactOptional(),
    entity: id.exactOptional(),
  }),
)

export const outcomeInput = schemaFor<OutcomeInput>()(
  z.strictObject({
    outcome: z.enum(['shown', 'clicked', 'dismissed', 'snoozed']),
    scope: z.enum(['user', 'account']).exactOptional(),
    forSeconds: z
      .int()
      .min(0)
      .max(366 * 86_400)
      .exactOptional(),
  }),
)

export const requestInput = schemaFor<RequestInput>()(
  z.strictObject({ feature: text(40), quantity: quantity.exactOptional(), note: text(500).exactOptional() }),
)

export const requestAnswerInput = schemaFor<RequestAnswerInput>()(
  z.strictObject({ answer: z.enum(['grant', 'decline']), reply: text(500).exactOptional() }),
)

import { missing } from '../errors.ts'
import type { World } from '../state/world.ts'
import type { LineDraft } from './lines.ts'

/** One entry of `add_invoice_items`: a line that is billed once, at a price made for it. Negative amounts are given back. */
export interface AddedItem {
  readonly price_data: {
    readonly currency: string
    readonly product: string
    readonly tax_behavior?: LineDraft['taxBehavior']
    readonly unit_amount: number
  }
  readonly quantity?: number | undefined
}

/** The lines that an update puts on the invoice it makes, beside those of its items. */
export const addedLines = (world: World, subscription: string, added: readonly AddedItem[]): LineDraft[] =>
  added.map(({ price_data: { product: id, tax_behavior: taxBehavior, unit_amount }, quantity = 1 }) => {
    const product = world.store.get('product', id)
    if (!product) throw missing('product', id, 'add_invoice_items[0][price_data][product]')
    const now = world.seconds()
    return {
      amount: unit_amount * quantity,
      description: product.name,
      metadata: {},
      period: { start: now, end: now },
      price: null,
      proration: false,
      credited: null,
      quantity,
      subscription,
      subscriptionItem: null,
      invoiceItem: null,
      role: 'credit',
      taxBehavior,
    }
  })

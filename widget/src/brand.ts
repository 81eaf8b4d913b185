import type { PaymentMethod } from '@softgate/sdk/contract'
import { spoken } from './about.ts'

/** `Visa`, as its owner reads it. */
export const brandOf = ({ brand }: Pick<PaymentMethod, 'brand'>): string =>
  ({ amex: 'American Express', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' })[brand] ?? spoken(brand)

import type { PaymentMethod } from '@softgate/sdk/contract'

/** `Visa`, as its owner reads it. */
export const brandOf = ({ brand }: Pick<PaymentMethod, 'brand'>): string =>
  ({ amex: 'American Express', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' })[brand] ??
  brand.charAt(0).toUpperCase() + brand.slice(1)

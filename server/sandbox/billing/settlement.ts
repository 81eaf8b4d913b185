// Least amounts that can be charged, in minor units:
// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
const MINIMUM_CHARGE: Readonly<Record<string, number>> = {
  gbp: 30,
  jpy: 50,
  dkk: 250,
  nok: 300,
  sek: 300,
  mxn: 1000,
  hkd: 400,
  pln: 200,
  czk: 1500,
  huf: 17500,
}
const USUAL_MINIMUM = 50

/** How an invoice meets the customer's balance. All in minor units; a negative balance is a credit. */
export interface Settlement {
  readonly amountDue: number
  readonly startingBalance: number
  readonly endingBalance: number
  readonly reason: 'applied_to_invoice' | 'invoice_too_small'
}

/**
 * What is due after the balance, and what the balance becomes. A net credit goes to the balance, and so
 * does a debt too small to charge: https://docs.stripe.com/api/invoices/object#invoice_object-amount_due
 */
export function settle(total: number, startingBalance: number, currency: string): Settlement {
  const net = total + startingBalance
  const minimum = MINIMUM_CHARGE[currency] ?? USUAL_MINIMUM
  if (net > 0 && net < minimum) {
    return { amountDue: 0, startingBalance, endingBalance: net, reason: 'invoice_too_small' }
  }
  return {
    amountDue: Math.max(0, net),
    startingBalance,
    endingBalance: Math.min(0, net),
    reason: 'applied_to_invoice',
  }
}

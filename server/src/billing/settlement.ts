/**
 * Money that has moved, once for each movement: a payment, or its way back. What an account has brought in is their sum, in
 * each currency.
 */
export interface Settlement {
  account: string
  /** The movement's id at Stripe: of the charge, the refund or the dispute. */
  id: string
  /** `dispute_won`: what a dispute had taken has come back. */
  kind: 'payment' | 'refund' | 'dispute' | 'dispute_won'
  /** The payment it belongs to: itself, or the one that it takes back. */
  payment: string
  /** The payment's intent at Stripe. */
  intent: string
  invoice: string | null
  /** The upgrade that the payment was for; null for a renewal and for what was sold elsewhere. */
  upgrade: string | null
  /** Minor units; below 0 for what goes back. */
  amount: number
  currency: string
  at: number
}

/** A payment as Stripe has it now, with what went back of it. */
export interface SettledPayment extends Pick<Settlement, 'id' | 'intent' | 'amount' | 'currency' | 'at'> {
  /** Whether a dispute of it is not decided yet. */
  contested: boolean
  reversals: (Pick<Settlement, 'id' | 'amount' | 'at'> & { kind: Exclude<Settlement['kind'], 'payment'> })[]
}

/** The movements of a payment, as they are kept. */
export const movementsOf = (
  { id, intent, amount, currency, at, reversals }: SettledPayment,
  origin: Pick<Settlement, 'account' | 'invoice' | 'upgrade'>,
): Settlement[] => {
  const shared = { ...origin, payment: id, intent, currency }
  return [
    { ...shared, id, kind: 'payment', amount, at },
    ...reversals.map((one): Settlement => ({ ...shared, ...one })),
  ]
}

/** Whether a dispute that had taken a payment was won. */
export const isWonBack = ({ reversals }: SettledPayment): boolean =>
  reversals.some(({ kind }) => kind === 'dispute_won')

/** Whether nothing is left of a payment. */
export const isReversed = ({ amount, reversals }: SettledPayment): boolean =>
  reversals.reduce((left, one) => left + one.amount, amount) <= 0

/** Why a card refuses to pay: https://docs.stripe.com/declines/codes */
export interface Decline {
  readonly code: string
  readonly decline_code: string
  readonly message: string
}

/** A test card and how it behaves: https://docs.stripe.com/testing */
export interface TestCard {
  readonly number: string
  readonly token: string
  readonly brand: string
  readonly authentication: 'never' | 'until_set_up' | 'always'
  /** What happens to a charge, after authentication where that is needed. */
  readonly decline: Decline | null
}

const declined = (decline_code: string): Decline => ({
  code: 'card_declined',
  decline_code,
  message: decline_code === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.',
})
const EXPIRED: Decline = { code: 'expired_card', decline_code: 'expired_card', message: 'Your card has expired.' }
const PROCESSING: Decline = {
  code: 'processing_error',
  decline_code: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
}
const INCORRECT_CVC: Decline = {
  code: 'incorrect_cvc',
  decline_code: 'incorrect_cvc',
  message: "Your card's security code is incorrect.",
}

type CardRow = readonly [number: string, token: string, authentication: TestCard['authentication'], Decline | null]

const ROWS: readonly CardRow[] = [
  ['4242424242424242', 'pm_card_visa', 'never', null],
  ['5555555555554444', 'pm_card_mastercard', 'never', null],
  ['378282246310005', 'pm_card_amex', 'never', null],
  ['4000000000000002', 'pm_card_chargeDeclined', 'never', declined('generic_decline')],
  ['4000000000000341', 'pm_card_chargeCustomerFail', 'never', declined('generic_decline')],
  ['4000000000009995', 'pm_card_visa_chargeDeclinedInsufficientFunds', 'never', declined('insufficient_funds')],
  ['4000000000009987', 'pm_card_visa_chargeDeclinedLostCard', 'never', declined('lost_card')],
  ['4000000000009979', 'pm_card_visa_chargeDeclinedStolenCard', 'never', declined('stolen_card')],
  ['4000000000000069', 'pm_card_chargeDeclinedExpiredCard', 'never', EXPIRED],
  ['4000000000000119', 'pm_card_chargeDeclinedProcessingError', 'never', PROCESSING],
  ['4000000000000127', 'pm_card_chargeDeclinedIncorrectCvc', 'never', INCORRECT_CVC],
  ['4000002760003184', 'pm_card_authenticationRequired', 'always', null],
  ['4000000000003220', 'pm_card_threeDSecure2Required', 'always', null],
  ['4000002500003155', 'pm_card_authenticationRequiredOnSetup', 'until_set_up', null],
  [
    '4000008260003178',
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'always',
    declined('insufficient_funds'),
  ],
  ['4000008400001629', 'pm_card_threeDSecureRequiredChargeDeclined', 'always', declined('generic_decline')],
]

const BRANDS: Readonly<Record<string, string>> = { '3': 'amex', '4': 'visa', '5': 'mastercard' }

const CARDS: readonly TestCard[] = ROWS.map(([number, token, authentication, decline]) => ({
  number,
  token,
  brand: BRANDS[number.charAt(0)] ?? 'unknown',
  authentication,
  decline,
}))

/** The card of a magic id; `pm_card_…` and `tok_…` name the same cards. */
export const cardOfToken = (token: string): TestCard | undefined =>
  CARDS.find((card) => card.token === token || card.token === token.replace(/^tok_/, 'pm_card_'))

/** The card of a number, spaces allowed. */
export const cardOfNumber = (number: string): TestCard | undefined =>
  CARDS.find((card) => card.number === number.replaceAll(' ', ''))

import type { Constants } from './shared.ts'

export const CUSTOMERS: Constants = {
  customer: {
    customer_account: null,
    default_source: null,
    discount: null,
    livemode: false,
    next_invoice_sequence: 1,
    preferred_locales: [],
    shipping: null,
  },
  customer_balance_transaction: {
    checkout_session: null,
    customer_account: null,
    livemode: false,
  },
  payment_method: {
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    customer_account: null,
    livemode: false,
  },
  card: {
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    funding: 'credit',
    generated_from: null,
    networks: null,
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  },
}

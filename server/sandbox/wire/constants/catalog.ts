import type { Constants } from './shared.ts'

export const CATALOG: Constants = {
  product: {
    default_price: null,
    images: [],
    livemode: false,
    marketing_features: [],
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    url: null,
  },
  price: {
    billing_scheme: 'per_unit',
    custom_unit_amount: null,
    livemode: false,
    tiers_mode: null,
    transform_quantity: null,
  },
  plan: {
    object: 'plan',
    billing_scheme: 'per_unit',
    livemode: false,
    meter: null,
    tiers_mode: null,
    transform_usage: null,
    usage_type: 'licensed',
  },
}

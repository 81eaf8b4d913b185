import type { Constants } from './shared.ts'

export const CATALOG: Constants = {
  product: {
    images: [],
    livemode: false,
    marketing_features: [],
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_details: null,
    type: 'service',
    url: null,
  },
  price: {
    custom_unit_amount: null,
    livemode: false,
  },
  'entitlements.feature': { livemode: false },
  product_feature: { livemode: false },
  plan: {
    object: 'plan',
    livemode: false,
  },
}

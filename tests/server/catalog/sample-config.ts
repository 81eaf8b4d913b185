import type { ConfigInput } from '../../../server/src/catalog/define.ts'
import type { CopyTemplate } from '../../../server/src/catalog/model.ts'

export const text: CopyTemplate = { title: 'All {limit} in use', body: 'b', action: 'a', dismiss: 'd' }

/** The smallest catalogue with one of everything; nothing is wrong with it. */
export const smallConfig = (): ConfigInput<string, string, string> => ({
  features: {
    seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } },
    exports: { kind: 'metered', meter: 'consumable', title: 'Exports', unit: { one: 'export', other: 'exports' } },
    sso: { kind: 'boolean', title: 'Single sign-on' },
    history: { kind: 'static', title: 'History' },
  },
  plans: {
    free: { title: 'Free', grants: { seats: 3, exports: 10, history: { value: 30 } } },
    pro: {
      title: 'Pro',
      grants: { seats: 'purchased', exports: 'unlimited', sso: true },
      prices: [{ interval: 'month', currency: 'usd', unitAmount: 1_200, per: 'seats' }],
    },
  },
  defaultPlan: 'free',
  prompts: { nearly_full: { placement: 'banner', variants: { fact: { copy: { en: { buy: text, ask: text } } } } } },
  triggers: {
    ceiling: {
      title: 'Usage ceiling',
      source: { on: 'usage', above: 80 },
      expansion: 'tier',
      holdout: 0.1,
      prompt: 'nearly_full',
    },
  },
})

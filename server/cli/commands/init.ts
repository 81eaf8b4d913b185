import { existsSync, writeFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import { newSecretKey } from '../local.ts'
import { Refusal, run } from '../refuse.ts'

/** What a project begins with: a configuration to change, and a key. Overwrites nothing. */
export const init = defineCommand({
  meta: { name: 'init', description: 'Write a first softgate.config.ts and a secret key' },
  args: {
    config: { type: 'string', default: 'softgate.config.ts', description: 'The file to write', valueHint: 'FILE' },
  },
  run: ({ args }) =>
    run(async () => {
      if (existsSync(args.config)) throw new Refusal(`${args.config} is there already. Nothing was written.`)
      writeFileSync(args.config, template)
      const lines = [
        `Wrote ${args.config}: name your features and plans there.`,
        '',
        'Keep this key on your server, in its environment:',
        `SOFTGATE_SECRET_KEY=${newSecretKey()}`,
        '',
        'Next: "softgate dev" runs the backend with a local Stripe. It takes this key from its environment too, or makes one.',
      ]
      process.stdout.write(`${lines.join('\n')}\n`)
    }),
})

const template = `import { defineConfig } from '@softgate/server'

export default defineConfig({
  features: {
    seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } },
    exports: { kind: 'metered', meter: 'consumable', title: 'Exports', unit: { one: 'export', other: 'exports' } },
    sso: { kind: 'boolean', title: 'Single sign-on', description: 'Members sign in with your identity provider.' },
  },
  // In ascending order. Amounts are in minor units: 1200 is 12.00 USD.
  plans: {
    free: { title: 'Free', grants: { seats: 3, exports: 10 } },
    team: {
      title: 'Team',
      grants: { seats: 'purchased', exports: 100 },
      prices: [{ interval: 'month', currency: 'usd', unitAmount: 1200, per: 'seats' }],
    },
    business: {
      title: 'Business',
      grants: { seats: 'purchased', exports: 'unlimited', sso: true },
      prices: [{ interval: 'month', currency: 'usd', unitAmount: 2000, per: 'seats' }],
    },
  },
  defaultPlan: 'free',
  // The page of your app that Stripe's Checkout leads back to; without one no first purchase is offered in production.
  // checkoutReturn: 'https://app.example.com/billing',
})
`

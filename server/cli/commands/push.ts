import { confirm, isCancel, progress } from '@clack/prompts'
import { defineCommand } from 'citty'
import type Stripe from 'stripe'
import { type PushStep, planPush } from '../../src/billing/push.ts'
import { wordsOf } from '../../src/billing/push-words.ts'
import { createStripeClient } from '../../src/gateways/stripe/client.ts'
import { applyStep, lookAtStripe } from '../../src/gateways/stripe/push.ts'
import { Refusal, run } from '../refuse.ts'
import { configArg, loadConfig, readSettings, requireStripe } from '../settings.ts'

/** Plan and apply: shows what would change at Stripe, and changes just that. */
export const push = defineCommand({
  meta: { name: 'push', description: 'Show how Stripe differs from the catalogue, and bring it up to date' },
  args: {
    ...configArg,
    yes: { type: 'boolean', default: false, description: 'Apply without asking' },
    'dry-run': { type: 'boolean', default: false, description: 'Show the differences and change nothing' },
  },
  run: ({ args }) =>
    run(async () => {
      const catalog = await loadConfig(args.config)
      if (catalog.billing === 'off') {
        process.stdout.write("The catalogue says billing: 'off': nothing of it is at Stripe.\n")
        return
      }
      const stripe = createStripeClient(requireStripe(readSettings()))
      const { steps, conflicts } = planPush(catalog, await lookAtStripe(stripe, catalog))
      for (const step of steps) process.stdout.write(`${wordsOf(step)}\n`)
      if (conflicts.length > 0) throw new Refusal(conflicts.join('\nsoftgate: '))
      if (steps.length === 0) process.stdout.write('Stripe is as the catalogue says.\n')
      else if (!args['dry-run'] && (args.yes || (await isConfirmed(steps.length)))) await apply(stripe, steps)
      else process.stdout.write('Nothing was changed.\n')
    }),
})

async function isConfirmed(changes: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Refusal('Nobody is there to ask. Apply with --yes, or look with --dry-run.')
  const answer = await confirm({ message: `Make ${counted(changes)} at Stripe?`, initialValue: false })
  return !isCancel(answer) && answer
}

async function apply(stripe: Stripe, steps: readonly PushStep[]): Promise<void> {
  const bar = process.stdout.isTTY ? progress({ max: steps.length }) : null
  bar?.start('Changing Stripe')
  for (const step of steps) {
    await applyStep(stripe, step)
    bar?.advance(1)
  }
  bar?.stop('Done')
  process.stdout.write(`Made ${counted(steps.length)} at Stripe.\n`)
}

const counted = (changes: number): string => (changes === 1 ? '1 change' : `${changes} changes`)

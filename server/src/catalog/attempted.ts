import type { CopyTemplate, PromptSpec, Trigger } from './model.ts'

const buy: CopyTemplate = {
  title:
    '{limit, plural, =0 {{feature} is not available yet} other {{used, number} of {limit, number} {units} are used}}',
  body: 'See what you can change, and what it costs, before anything happens.',
  action: 'See options',
  dismiss: 'Not now',
}

const ask: CopyTemplate = { ...buy, body: 'Your admins can change this.', action: 'Ask an admin' }

/**
 * What answers a refused attempt where no trigger of the author's does, as nobody's own attempt goes without an answer. Each has
 * the key `attempted`; the author's of that key takes its place.
 */
export const attempted: { trigger: Trigger; prompt: PromptSpec } = {
  trigger: {
    title: 'Refused attempt',
    source: { on: 'blocked' },
    expansion: 'attempted',
    prompt: 'attempted',
  },
  prompt: { placement: 'dialog', variants: { fact: { copy: { en: { buy, ask } } } } },
}

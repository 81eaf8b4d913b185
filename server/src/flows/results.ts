import type { ResultsAnswer, ResultsInput } from '@softgate/sdk/contract'
import { resultsOf } from '../experiments/results.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

const usualDays = 14

/** How the variants of a prompt do, from what is stored now. */
export async function results(
  context: Context,
  { prompt, days = usualDays, since }: ResultsInput,
): Promise<ResultsAnswer> {
  const { catalog, clock, database } = context
  const spec = catalog.prompts[prompt]
  if (!spec)
    throw new ProblemError(
      'invalid_request',
      `There is no prompt "${prompt}". Prompts: ${Object.keys(catalog.prompts).join(', ')}.`,
    )
  const triggers = Object.keys(catalog.triggers).filter((key) => catalog.triggers[key]?.prompt === prompt)
  const { experiments } = database.read
  const from = since === undefined ? 0 : Date.parse(since)
  const [asked, heldOut, clicked, paid] = await Promise.all([
    experiments.asked(prompt),
    experiments.heldOut(triggers),
    experiments.clicked(prompt),
    experiments.paid(from),
  ])
  const variants = Object.entries(spec.variants).map(([key, { weight = 1 }]) => ({ key, weight }))
  const found = resultsOf({ variants, asked, heldOut, clicked, paid }, { days, since: from, now: clock.now() })
  return { prompt, ...found }
}

import { defineCommand } from 'citty'
import { post, urlArg } from '../backend.ts'
import { Refusal, run } from '../refuse.ts'
import { resultLines } from '../results-words.ts'
import { readSettings, requireSecretKeys } from '../settings.ts'

/** How the variants of a prompt do, as a table. */
export const results = defineCommand({
  meta: { name: 'results', description: 'Show how the variants of a prompt do' },
  args: {
    prompt: { type: 'positional', required: true, description: 'The prompt, by its key' },
    days: { type: 'string', default: '14', description: 'What is paid so many days after the first ask counts' },
    since: { type: 'string', description: 'Only accounts first asked since then', valueHint: 'YYYY-MM-DD' },
    ...urlArg,
  },
  run: ({ args: { prompt, days, since, url } }) =>
    run(async () => {
      const [secretKey = ''] = requireSecretKeys(readSettings())
      const from = since === undefined ? undefined : new Date(since)
      if (from && Number.isNaN(from.getTime()))
        throw new Refusal(`--since is "${since}"; it must be a date such as 2026-11-01.`)
      if (!/^[1-9]\d?$/.test(days)) throw new Refusal(`--days is "${days}"; it must be a number from 1 to 90.`)
      const answer = await post('POST /v1/admin/results', {
        url,
        secretKey,
        body: { prompt, days: Number(days), ...(from && { since: from.toISOString() }) },
      })
      process.stdout.write(`${resultLines(answer).join('\n')}\n`)
    }),
})

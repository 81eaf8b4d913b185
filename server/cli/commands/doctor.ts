import type { DoctorAnswer, DoctorInput, Finding, Problem } from '@softgate/sdk/contract'
import { defineCommand } from 'citty'
import { Refusal, run } from '../refuse.ts'
import { readSettings, requireSecretKeys } from '../settings.ts'

/** Asks a running backend to compare its catalogue, its database and Stripe. Ends with 1 while something is left to do. */
export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Find where catalogue, database and Stripe differ' },
  args: {
    url: {
      type: 'string',
      default: process.env.SOFTGATE_URL ?? 'http://127.0.0.1:4242',
      description: 'Where the backend runs, with the path it is mounted at',
    },
    mend: { type: 'boolean', default: false, description: 'Mend what can be mended without a choice' },
  },
  run: ({ args }) =>
    run(async () => {
      const [secretKey = ''] = requireSecretKeys(readSettings())
      let left = 0
      let found = 0
      let after: string | null = null
      do {
        const answer: DoctorAnswer = await ask(args.url, secretKey, {
          mode: args.mend ? 'mend' : 'look',
          ...(after !== null && { after }),
        })
        for (const finding of answer.findings) process.stdout.write(`${wordsOf(finding)}\n`)
        found += answer.findings.length
        left += answer.findings.filter(({ mended }) => !mended).length
        after = answer.next
      } while (after !== null)
      if (found === 0) process.stdout.write('Catalogue, database and Stripe agree.\n')
      process.exitCode = left === 0 ? 0 : 1
    }),
})

async function ask(url: string, secretKey: string, body: DoctorInput): Promise<DoctorAnswer> {
  const address = `${url.replace(/\/$/, '')}/v1/admin/doctor`
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null)
  if (!response)
    throw new Refusal(`No backend answers at ${url}. Start it with "softgate start", or name it with --url.`)
  if (response.ok) return (await response.json()) as DoctorAnswer
  const problem = (await response.json().catch(() => null)) as Problem | null
  throw new Refusal(problem?.detail ?? `${address} answered ${response.status}. Is it a Softgate backend?`)
}

const wordsOf = ({ code, subject, detail, way, mended }: Finding): string =>
  mended ? `mended  ${subject}: ${detail}` : `${code}  ${subject}: ${detail} ${way}`

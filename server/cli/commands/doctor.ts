import type { DoctorAnswer, DoctorInput, Finding } from '@softgate/sdk/contract'
import { defineCommand } from 'citty'
import { post, urlArg } from '../backend.ts'
import { run } from '../refuse.ts'
import { readSettings, requireSecretKeys } from '../settings.ts'

/** Asks a running backend to compare its catalogue, its database and Stripe. Ends with 1 while something is left to do. */
export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Find where catalogue, database and Stripe differ' },
  args: {
    ...urlArg,
    mend: { type: 'boolean', default: false, description: 'Mend what can be mended without a choice' },
  },
  run: ({ args }) =>
    run(async () => {
      const [secretKey = ''] = requireSecretKeys(readSettings())
      let left = 0
      let found = 0
      let since: string | null = null
      let goOn: Omit<DoctorInput, 'mode'> | null = {}
      while (goOn !== null) {
        const answer: DoctorAnswer = await post('POST /v1/admin/doctor', {
          url: args.url,
          secretKey,
          body: { mode: args.mend ? 'mend' : 'look', ...goOn },
        })
        for (const finding of answer.findings) process.stdout.write(`${wordsOf(finding)}\n`)
        found += answer.findings.length
        left += answer.findings.filter(({ mended }) => !mended).length
        since ??= answer.eventsSince
        goOn = restOf(answer)
      }
      if (since !== null)
        process.stdout.write(
          `Counters of days before ${since.slice(0, 10)} are compared with daily rows: their events are deleted.\n`,
        )
      if (found === 0) process.stdout.write('Catalogue, database and Stripe agree.\n')
      process.exitCode = left === 0 ? 0 : 1
    }),
})

/** What is left to ask; null when all was looked at. */
function restOf({ next, nextSubscription, nextCounter }: DoctorAnswer): Omit<DoctorInput, 'mode'> | null {
  if (next === null && nextSubscription === null && nextCounter === null) return null
  return {
    ...(next !== null && { after: next }),
    ...(nextSubscription !== null && { subscription: nextSubscription }),
    ...(nextCounter !== null && { counter: nextCounter }),
  }
}

const wordsOf = ({ code, subject, detail, way, mended }: Finding): string =>
  mended ? `mended  ${subject}: ${detail}` : `${code}  ${subject}: ${detail} ${way}`

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
      let goOn: Pick<DoctorInput, 'after' | 'subscription'> | null = {}
      while (goOn !== null) {
        const answer: DoctorAnswer = await post('POST /v1/admin/doctor', {
          url: args.url,
          secretKey,
          body: { mode: args.mend ? 'mend' : 'look', ...goOn },
        })
        for (const finding of answer.findings) process.stdout.write(`${wordsOf(finding)}\n`)
        found += answer.findings.length
        left += answer.findings.filter(({ mended }) => !mended).length
        const { next, nextSubscription } = answer
        goOn =
          next === null && nextSubscription === null
            ? null
            : {
                ...(next !== null && { after: next }),
                ...(nextSubscription !== null && { subscription: nextSubscription }),
              }
      }
      if (found === 0) process.stdout.write('Catalogue, database and Stripe agree.\n')
      process.exitCode = left === 0 ? 0 : 1
    }),
})

const wordsOf = ({ code, subject, detail, way, mended }: Finding): string =>
  mended ? `mended  ${subject}: ${detail}` : `${code}  ${subject}: ${detail} ${way}`

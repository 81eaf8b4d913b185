import { confirm, isCancel, progress } from '@clack/prompts'
import type { RepriceInput, RepriceWhen, Repricing } from '@softgate/sdk/contract'
import { defineCommand } from 'citty'
import { post, urlArg } from '../backend.ts'
import { Refusal, run } from '../refuse.ts'
import { changeWords, lineOf } from '../reprice-words.ts'
import { readSettings, requireSecretKeys } from '../settings.ts'

const whens: Record<string, RepriceWhen> = { renewal: 'renewal', now: 'now', 'now-free': 'now_free' }
/** Subscribers that are moved in one call: each costs a handful of calls to Stripe. */
const batch = 10

/** Plan and apply, like a push: a push sells a plan or an add-on at another price, this moves those who had it before. */
export const reprice = defineCommand({
  meta: { name: 'reprice', description: 'Move subscribers who keep an older price to the present one' },
  args: {
    plan: { type: 'positional', description: 'The plan, by its key', required: false },
    addon: { type: 'string', description: 'An add-on instead, by its key' },
    when: {
      type: 'enum',
      options: Object.keys(whens),
      default: 'renewal',
      description: 'With the next period, at once, or at once and free until the next period',
    },
    except: { type: 'string', default: '', description: 'Accounts that keep their price, separated by commas' },
    yes: { type: 'boolean', default: false, description: 'Apply without asking' },
    'dry-run': { type: 'boolean', default: false, description: 'Show who would move and change nothing' },
    ...urlArg,
  },
  run: ({ args }) =>
    run(async () => {
      const [secretKey = ''] = requireSecretKeys(readSettings())
      const asked = { ...subjectOf(args), when: whens[args.when] ?? 'renewal' }
      const ask = (more: Pick<RepriceInput, 'mode' | 'accounts' | 'after'>) =>
        post('POST /v1/admin/reprice', { url: args.url, secretKey, body: { ...asked, ...more } })
      const except = new Set(args.except.split(','))
      const moves: Repricing[] = []
      let others = 0
      for (let after: string | null = ''; after !== null; ) {
        const { repricings, next } = await ask({ mode: 'look', ...(after !== '' && { after }) })
        for (const row of repricings) {
          const left = except.has(row.account) && row.state === 'moves'
          const shown: Repricing = left ? { ...row, state: 'kept', reason: 'It is excepted.' } : row
          process.stdout.write(`${lineOf(shown)}\n`)
          if (shown.state === 'moves') moves.push(shown)
          else others++
        }
        after = next
      }
      if (moves.length > 0) process.stdout.write(`${changeWords(moves)}\n`)
      if (moves.length === 0)
        process.stdout.write(others === 0 ? 'Every subscriber pays the present price.\n' : 'There is nobody to move.\n')
      else if (args['dry-run'] || !(args.yes || (await isConfirmed(moves.length))))
        process.stdout.write('Nothing was changed.\n')
      else await apply(moves, (accounts) => ask({ mode: 'apply', accounts }))
    }),
})

function subjectOf({ plan, addon }: { plan?: string | undefined; addon?: string | undefined }) {
  if (plan !== undefined && addon === undefined) return { plan }
  if (addon !== undefined && plan === undefined) return { addon }
  throw new Refusal('Name the plan, or an add-on with --addon.')
}

async function isConfirmed(subscribers: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Refusal('Nobody is there to ask. Apply with --yes, or look with --dry-run.')
  const answer = await confirm({ message: `Move ${counted(subscribers)}?`, initialValue: false })
  return !isCancel(answer) && answer
}

/** Broken off at any moment, it goes on when it is called again: who has moved is found so. */
async function apply(
  moves: readonly Repricing[],
  ask: (accounts: string[]) => Promise<{ repricings: Repricing[] }>,
): Promise<void> {
  const bar = process.stdout.isTTY ? progress({ max: moves.length }) : null
  bar?.start('Moving subscribers')
  const rows: Repricing[] = []
  for (let from = 0; from < moves.length; from += batch) {
    const accounts = moves.slice(from, from + batch).map(({ account }) => account)
    rows.push(...(await ask(accounts)).repricings)
    bar?.advance(accounts.length)
  }
  bar?.stop('Done')
  // What the plan did not say is said now: who could not be moved, or is no more as it was.
  const [moved, left] = [rows.filter(({ state }) => state === 'moved'), rows.filter(({ state }) => state !== 'moved')]
  for (const row of left) process.stdout.write(`${lineOf(row)}\n`)
  process.stdout.write(`Moved ${counted(moved.length)}.\n`)
  if (left.some(({ state }) => state === 'failed')) process.exitCode = 1
}

const counted = (subscribers: number): string => (subscribers === 1 ? '1 subscriber' : `${subscribers} subscribers`)

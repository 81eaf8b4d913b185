import type { VendorRequest, VendorRequestsAnswer } from '@softgate/sdk/contract'
import { toIso } from '../kernel/clock.ts'
import type { RequestRecord, ToVendor } from '../requests/port.ts'
import type { Context } from './context.ts'
import { namesFor, toRequest } from './request-answer.ts'

const batch = 50
const patienceMs = 15_000
const leastMs = 30_000
const mostMs = 3_600_000

/** What the vendor's team is asked for, by admins of accounts in which nobody can buy. */
export async function listForVendor(context: Context): Promise<VendorRequestsAnswer> {
  const rows = await context.database.read.requests.listForVendor(toVendor(context))
  return { requests: await toVendorRequests(context, rows) }
}

/**
 * Tells the host's hook of requests to the vendor and of every change of them, each at least once: what it did not take is told
 * again, after waits that grow with its age.
 */
export const tellVendor = (context: Context): Promise<void> =>
  context.sharing.afresh('tell the vendor', async () => {
    const { clock, database, tellRequest } = context
    if (tellRequest === null) return
    const due = await database.read.requests.untold(toVendor(context), clock.now(), batch)
    const requests = await toVendorRequests(context, due)
    for (const [index, record] of due.entries()) {
      const request = requests[index]
      if (request) await tell(context, record, () => tellRequest(request))
    }
  })

async function tell(context: Context, record: RequestRecord, run: () => Promise<unknown>): Promise<void> {
  const { clock, database } = context
  try {
    await within(context, run())
  } catch (error) {
    context.failed(error, `telling the vendor of the request ${record.id} of ${record.account}`)
    const now = clock.now()
    // It waits as long again as it has waited.
    const at = now + Math.min(mostMs, Math.max(leastMs, now - record.updatedAt))
    return database.transaction(record.account, ({ requests }) => requests.putOff(record, at))
  }
  await database.transaction(record.account, ({ requests }) => requests.heard(record))
}

/** A hook that never answers has not heard. */
function within<T>({ clock }: Context, hearing: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () => reject(new Error('The hook has not answered within 15 seconds.')))
    hearing.finally(cancel).then(resolve, reject)
  })
}

const toVendor = ({ catalog }: Context): ToVendor => ({
  roles: catalog.purchaseRoles,
  everywhere: catalog.billing === 'off',
})

async function toVendorRequests(context: Context, rows: readonly RequestRecord[]): Promise<VendorRequest[]> {
  const { read } = context.database
  const accounts = [...new Set(rows.map(({ account }) => account))]
  const known = new Map(
    await Promise.all(
      accounts.map(async (account) => {
        const own = rows.filter((row) => row.account === account)
        const [record, names] = await Promise.all([read.accounts.find(account), namesFor(context, account, own)])
        return [account, { title: record?.name ?? null, names }] as const
      }),
    ),
  )
  return rows.map((row) => {
    const { title = null, names = new Map<string, string>() } = known.get(row.account) ?? {}
    const { account, updatedAt } = row
    return { account, accountName: title, updatedAt: toIso(updatedAt), ...toRequest(row, names) }
  })
}

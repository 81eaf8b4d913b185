import { type LoadOptions, load } from './load.ts'
import { median } from './pair.ts'
import type { Server } from './server.ts'
import { post } from './writes.ts'

/** A server, and how many of its accounts `a0`, `a1`, … are asked about. */
export interface Asked {
  server: Server
  accounts: number
}

const slices = 5
/** A tenth of what a server answers at most: so that it is the check that takes time, and not those before it. */
const perSecond = 5_000
const atOnce = 50

/** How long 99 of 100 checks take at most, ms, for each who is asked: at 5,000 a second, and with as many as it answers. */
export async function checkP99s(asked: readonly Asked[]): Promise<{ p99: number[]; busy: number[] }> {
  for (const one of asked) await askAll(one)
  return { p99: await inTurn(asked, { seconds: 3, perSecond }), busy: await inTurn(asked, { seconds: 2 }) }
}

/** Asks about each account once, as an answer is made when it is first asked for. */
async function askAll({ server, accounts }: Asked): Promise<void> {
  for (let at = 0; at < accounts; at += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, accounts - at) }, async (_, n) => {
        const { url, method, headers, body = '' } = checkOf(server, `a${at + n}`)
        const response = await fetch(url, { method, headers, body })
        if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
        await response.arrayBuffer()
      }),
    )
}

/** A B C A B C, so that what slows the machine slows all. */
async function inTurn(asked: readonly Asked[], options: LoadOptions): Promise<number[]> {
  const found = asked.map((): number[] => [])
  for (let slice = 0; slice < slices; slice++)
    for (const [n, { server, accounts }] of asked.entries())
      found[n]?.push((await load({ ...checkOf(server, 'a%a'), accounts }, options)).p99)
  return found.map(median)
}

const checkOf = (server: Server, account: string) =>
  post(server, '/v1/check', JSON.stringify({ account, feature: 'automations' }))

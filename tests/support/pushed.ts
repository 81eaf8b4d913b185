import { type Catalog, createStripeClient, pushCatalog } from '@softgate/server'
import { createSandboxOn } from '../../server/sandbox/sandbox.ts'
import type { Disk, Write } from '../../server/sandbox/state/disk.ts'
import { start } from './clock.ts'

interface Pushed {
  /** What the push left at the local Stripe; it takes nothing in, so that each sandbox on it begins the same. */
  disk: Disk
  /** The ids of the prices by lookup key. */
  prices: ReadonlyMap<string, string>
}

const known = new WeakMap<Catalog, Pushed>()

/** A local Stripe to which a catalogue has been pushed: the push, which takes longer than most tests, once for each in a worker. */
export async function pushOnce(config: Catalog): Promise<Pushed> {
  const pushed = known.get(config) ?? (await push(config))
  known.set(config, pushed)
  return pushed
}

async function push(config: Catalog): Promise<Pushed> {
  const kept = new Map<string, Write>()
  const load: Disk['load'] = (take) => {
    for (const { kind, record } of kept.values()) if (record) take(kind, record)
  }
  const close = (): void => {}
  const save: Disk['save'] = (writes) => {
    for (const write of writes) kept.set(`${write.kind} ${write.id}`, write)
  }
  const sandbox = createSandboxOn({ load, save, close }, { now: () => start })
  const { url: apiUrl } = await sandbox.listen(0)
  try {
    const stripe = createStripeClient({ secretKey: 'sk_test_local', apiUrl, webhookSecret: '', maxNetworkRetries: 0 })
    const prices = await pushCatalog(stripe, config)
    return { disk: { load, close, save: () => {} }, prices }
  } finally {
    await sandbox.close()
  }
}

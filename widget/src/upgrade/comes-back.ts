import type { Upgrade } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Dialogs } from '../show-offer.ts'

/** Goes on with an upgrade that was open when the page came, or shows what became of one that comes back from Checkout. */
export async function goOn(open: Upgrade | null, settle: Dialogs['settle']): Promise<void> {
  const address = new URL(location.href)
  const id = address.searchParams.get('softgate_upgrade')
  const upgrade = id ? await client.peek()?.send('GET /v1/upgrades/{id}', undefined, { id }) : open
  if (upgrade) void settle(upgrade)
  if (!id) return
  // A reload is not another return.
  address.searchParams.delete('softgate_upgrade')
  history.replaceState(history.state, '', address)
}

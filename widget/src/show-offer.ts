import type { Presenter, Upgrade } from '@softgate/sdk'
import { client } from './client.ts'

interface Dialogs {
  present: Presenter
  /** Takes a purchase that needs its user to its end. */
  settle(upgrade: Upgrade): ReturnType<Presenter>
}

let dialogs: Dialogs | null = null

/** Registers the dialogs of the page; the returned function takes them back. */
export function showOffersIn(made: Dialogs): () => void {
  dialogs = made
  return () => {
    if (dialogs === made) dialogs = null
  }
}

/** Goes on in the upgrade dialog with a purchase that was begun elsewhere; `dismissed` where the page has none. */
export const settleUpgrade = async (upgrade: Upgrade): ReturnType<Presenter> => dialogs?.settle(upgrade) ?? 'dismissed'

/**
 * Opens a dialog with an offer of the state, as from a page of plans: what it does, the exact price, and one click to take
 * it. `title` and `body` are for more units and for a first plan; every other change says itself what it is.
 * Resolves with what the user did; with `dismissed` where the offer no longer stands or the page has no `<softgate-prompts>`.
 */
export async function showOffer(
  id: string,
  { title = '', body = '' }: { title?: string; body?: string } = {},
): Promise<'upgraded' | 'requested' | 'dismissed'> {
  const softgate = client.peek()
  const offer = softgate?.state.peek()?.offers.find((one) => one.id === id)
  if (!softgate || !offer || !dialogs) return 'dismissed'
  const copy = { title, body, action: '', dismiss: '' }
  const { about = {} } = softgate.state.peek() ?? {}
  const feature = Object.keys(about).find((key) => offer.unit !== null && about[key]?.unit?.one === offer.unit)
  const prompt = { delivery: '', placement: 'dialog', feature: null, way: 'buy' as const, copy, offer }
  const { signal } = new AbortController()
  return dialogs.present(
    {
      decision: softgate.check(feature ?? ''),
      prompt: { ...prompt, admins: [], invoice: null },
      quantity: offer.quantity?.default ?? 1,
    },
    { signal },
  )
}

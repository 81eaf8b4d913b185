import type { Offer, Presenter } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Shown, ShownCopy } from '../show-offer.ts'

export interface ShowInput {
  /** Empty for none. */
  feature: string
  /** Without one, there is the way to ask. */
  offer: Offer | null
  copy: ShownCopy
}

/** Opens a dialog that no attempt has led to. */
export async function show(present: Presenter, { feature, offer, copy }: ShowInput): Promise<Shown> {
  const softgate = client.peek()
  if (!softgate) return 'dismissed'
  const { title = '', body = '' } = copy
  const prompt = {
    delivery: '',
    placement: 'dialog',
    feature: feature || null,
    way: offer ? ('buy' as const) : ('ask' as const),
    copy: { title, body, action: '', dismiss: '' },
    offer,
    admins: softgate.state.peek()?.admins ?? [],
    invoice: null,
  }
  const quantity = offer?.quantity?.default ?? 1
  return present({ decision: softgate.check(feature), prompt, quantity }, new AbortController())
}

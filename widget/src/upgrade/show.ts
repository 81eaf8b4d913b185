import type { Offer, Presenter } from '@softgate/sdk'
import { client } from '../client.ts'
import { number } from '../format.ts'
import { words } from '../messages.ts'
import { linesOf } from '../meter/lines.ts'
import { meterEnglish } from '../meter/messages.ts'
import { offerOf } from '../offers.ts'
import { page } from '../page.ts'
import type { MeterShown, Shown, ShownCopy } from '../show-offer.ts'

/** A dialog that no attempt has led to, with an offer or the way to ask. */
interface Opening {
  /** Empty for none. */
  feature: string
  offer: Offer | null
  copy: ShownCopy
}

async function show(present: Presenter, { feature, offer, copy }: Opening): Promise<Shown> {
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

/** Opens the dialog of an offer of the state, by its id. */
export async function showOffer(present: Presenter, id: string, copy: ShownCopy): Promise<Shown> {
  const { offers = [] } = client.peek()?.state.peek() ?? {}
  const offer = offers.find((one) => one.id === id)
  return offer ? show(present, { feature: '', offer, copy }) : 'dismissed'
}

/** Opens the dialog about what a meter shows, which it says again. */
export function showMore(present: Presenter, { feature, name, meter }: MeterShown): Promise<Shown> {
  const { state, context } = linesOf(meter, page.now())
  const title = `${name}: ${number(meter.used)} ${words('meter', meterEnglish).of(number(meter.limit))}`
  const body = [state, context].filter(Boolean).join('. ')
  return show(present, { feature, offer: offerOf(client.peek()?.state.peek(), feature), copy: { title, body } })
}

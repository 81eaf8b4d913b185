import type { ReadonlySignal } from '@preact/signals-core'
import type { Offer, Presenter } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { once } from '../once.ts'
import type { Dialogs, ShownCopy } from '../show-offer.ts'
import { createDialogHost, type DialogHost } from './host.tsx'

export interface PageDialogs extends Dialogs, Pick<DialogHost, 'goOn'> {}

export interface PageDialogsOptions {
  host: HTMLElement
  stripeUrl: ReadonlySignal<string>
  /** Takes in what is to be drawn. */
  add<T extends Body>(body: T): T
}

/** The dialogs of a page: the one that sells is here, the one for other changes loads when it is needed. */
export function createDialogs({ host, stripeUrl, add }: PageDialogsOptions): PageDialogs {
  const purchase = add(createDialogHost(host, stripeUrl))
  const change = once(async () => add((await import('../change/host.tsx')).createChangeHost(host, purchase)))
  const present: Presenter = async (shown, controls) =>
    (isPurchase(shown.prompt.offer) ? purchase : await change()).present(shown, controls)
  return {
    present,
    settle: purchase.settle,
    goOn: purchase.goOn,
    async show(feature: string, offer: Offer | null, { title = '', body = '' }: ShownCopy) {
      const softgate = client.peek()
      if (!softgate) return 'dismissed'
      const { admins = [] } = softgate.state.peek() ?? {}
      const prompt = {
        delivery: '',
        placement: 'dialog',
        feature: feature || null,
        way: offer ? ('buy' as const) : ('ask' as const),
        copy: { title, body, action: '', dismiss: '' },
        offer,
        admins,
        invoice: null,
      }
      const quantity = offer?.quantity?.default ?? 1
      return present({ decision: softgate.check(feature), prompt, quantity }, new AbortController())
    },
  }
}

/** More of the same, or a first subscription: without one, all offers are plans to begin with. */
const isPurchase = (offer: Offer | null): boolean =>
  !offer ||
  offer.kind === 'add' ||
  (offer.kind === 'switch' &&
    !client
      .peek()
      ?.state.peek()
      ?.offers.some(({ kind }) => kind !== 'switch'))

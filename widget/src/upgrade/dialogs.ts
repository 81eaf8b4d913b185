import type { ReadonlySignal } from '@preact/signals-core'
import type { Offer } from '@softgate/sdk'
import { client } from '../client.ts'
import type { Body } from '../element.ts'
import { once } from '../once.ts'
import type { Dialogs } from '../show-offer.ts'
import { createDialogHost } from './host.tsx'

export interface DialogsOptions {
  host: HTMLElement
  stripeUrl: ReadonlySignal<string>
  /** Takes in what is to be drawn. */
  add<T extends Body>(body: T): T
}

/** The dialogs of a page: the one that sells is here, the one for other changes loads when it is needed. */
export function createDialogs({ host, stripeUrl, add }: DialogsOptions): Dialogs {
  const purchase = add(createDialogHost(host, stripeUrl))
  const change = once(async () => add((await import('../change/host.tsx')).createChangeHost(host, purchase)))
  return {
    present: async (shown, controls) =>
      (isPurchase(shown.prompt.offer) ? purchase : await change()).present(shown, controls),
    settle: purchase.settle,
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

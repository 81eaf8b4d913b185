import { type ReadonlySignal, signal } from '@preact/signals-core'
import type { Softgate } from '@softgate/sdk'

const connected = signal<Softgate | null>(null)

/** The client that all elements of the page live from; null until `connect`. */
export const client: ReadonlySignal<Softgate | null> = connected

/** Gives all elements of the page, present and future, their client. The returned function takes it back. */
export function connect(softgate: Softgate): () => void {
  connected.value = softgate
  return () => {
    if (connected.peek() === softgate) connected.value = null
  }
}

/** Whether nobody in the account can buy, so that this user asks the vendor's team. */
export const asksVendor = (softgate: Softgate | null | undefined): boolean => softgate?.state.value?.asksVendor ?? false

/** Whether the user of this client may buy; the others ask. */
export const mayBuy = (softgate: Softgate | null | undefined): boolean =>
  softgate?.state.value?.user.may.includes('purchase') ?? false

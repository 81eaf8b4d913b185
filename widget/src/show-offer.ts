import type { Presenter, Upgrade } from '@softgate/sdk'
import type { MeterState } from './meter/state.ts'

export interface ShownCopy {
  title?: string
  body?: string
}

export interface MeterShown {
  feature: string
  name: string
  meter: MeterState
}

export type Shown = Awaited<ReturnType<Presenter>>

export interface Dialogs {
  present: Presenter
  /** Takes a purchase that needs its user to its end. */
  settle(upgrade: Upgrade): Promise<Shown>
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
export const settleUpgrade = async (upgrade: Upgrade): Promise<Shown> => dialogs?.settle(upgrade) ?? 'dismissed'

/**
 * Opens a dialog with an offer of the state, as from a page of plans: what it does, the exact price, and one click to take
 * it. `title` and `body` are for more units and for a first plan; every other change says itself what it is.
 * Resolves with what the user did; with `dismissed` where the offer no longer stands or the page has no `<softgate-prompts>`.
 */
export const showOffer = async (id: string, copy: ShownCopy = {}): Promise<Shown> =>
  dialogs ? (await import('./upgrade/show.ts')).showOffer(dialogs.present, id, copy) : 'dismissed'

/** Opens the dialog about a meter of which there is still some: with what gives more of it, or with the way to ask. */
export const showMore = async (about: MeterShown): Promise<Shown> =>
  dialogs ? (await import('./upgrade/show.ts')).showMore(dialogs.present, about) : 'dismissed'

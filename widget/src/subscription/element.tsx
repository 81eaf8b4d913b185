import { defineLazy } from '../lazy.tsx'

/**
 * `<softgate-subscription>`: what the account pays for, when next and with which card, what will change by itself and the
 * way to keep it, every change of it that can be made, and the invoices. Money is for those who may buy; a member reads
 * the plan and what will change. What use costs by now and what it will come to is told once it is billed, the next invoice line
 * by line when it is opened. It loads when it comes into a page; what it holds stands there until then.
 *
 * Attributes and properties:
 * - `variant`: `full` (the default), `summary` without the invoices, or `invoices` alone
 *
 * Slots: `actions`, beside the way to the cards and addresses; the default stands in its place until it is known.
 *
 * Parts: `notice`, `summary`, `estimate`, `changes`, `invoices`. Custom properties: see `base-css.ts`.
 */
export const defineSubscription = (): void =>
  defineLazy({
    tag: 'softgate-subscription',
    props: { variant: 'full' },
    load: async (host, props) => (await import('./host.tsx')).createSubscriptionHost(host, props),
  })

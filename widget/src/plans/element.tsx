import { defineLazy } from '../lazy.tsx'

/**
 * `<softgate-plans>`: every plan beside the others, with what the account uses and was asked for, and the way to each: the
 * exact price, a lower plan, the end, the present plan after all; for a member, whom to ask. It loads when it comes into a
 * page; what it holds stands there until then.
 *
 * Attributes and properties:
 * - `features`: keys of features that the reader is after, separated by commas; the smallest plan that has them, and what
 *   people have asked for, stands out
 * - `interval`: `month` or `year`, shown first; what the account pays by when left out
 *
 * Slots: one named by the key of each plan that is sold by agreement, for the way to talk; `requests`, beside what people
 * asked for; the default stands in its place until the plans are known.
 *
 * Parts: `asked`, `table`, `plan`, `action`, `addons`. Custom properties: see `base-css.ts`.
 */
export const definePlans = (): void =>
  defineLazy({
    tag: 'softgate-plans',
    props: { features: '', interval: '' },
    load: async (host, props) => (await import('./host.tsx')).createPlansHost(host, props),
  })

import { defineLazy } from '../lazy.tsx'

/**
 * `<softgate-requests>`: who needs what, for an admin, grouped so that one decision answers several people; for a member,
 * what was asked, how it was answered, and the way to take it back. It loads when it comes into a page; what it holds stands
 * there until then.
 *
 * Slots: the default stands where nothing is open as well.
 *
 * Parts: `group`, `row`, `grant`. Custom properties: see `base-css.ts`.
 */
export const defineRequests = (): void =>
  defineLazy({
    tag: 'softgate-requests',
    props: {},
    load: async (host) => (await import('./host.tsx')).createRequestsHost(host),
  })

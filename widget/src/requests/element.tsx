import { signal } from '@preact/signals-core'
import { baseCss } from '../base-css.ts'
import { type Body, defineElement } from '../element.ts'

/**
 * `<softgate-requests>`: who needs what, for an admin, grouped so that one decision answers several people; for a member,
 * what was asked and how it was answered. It loads when it comes into a page.
 *
 * Parts: `group`, `row`. Custom properties: see `base-css.ts`.
 */
export const defineRequests = (): void =>
  defineElement({
    tag: 'softgate-requests',
    css: baseCss,
    props: {},
    setup(host) {
      const heavy = signal<Body | null>(null)
      let gone = false
      import('./host.tsx')
        .then(({ createRequestsHost }) => {
          if (!gone) heavy.value = createRequestsHost(host)
        })
        .catch(() => {})
      return {
        view: () => heavy.value?.view(),
        dispose() {
          gone = true
          heavy.value?.dispose?.()
        },
      }
    },
  })

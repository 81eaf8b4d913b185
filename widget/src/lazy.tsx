import { signal } from '@preact/signals-core'
import { baseCss } from './base-css.ts'
import { type Body, defineElement, type Props, type Signals } from './element.ts'

export interface LazySpec<P extends Props> {
  tag: `softgate-${string}`
  props: P
  /** Fetches what the element becomes. */
  load(host: HTMLElement, props: Signals<P>): Promise<Body>
}

/** An element whose weight loads when it comes into a page; until then, what the page has put into it stands in its place. */
export const defineLazy = <P extends Props>({ tag, props, load }: LazySpec<P>): void =>
  defineElement({
    tag,
    css: baseCss,
    props,
    setup(host, given) {
      const heavy = signal<Body | null>(null)
      let gone = false
      load(host, given)
        .then((body) => {
          if (gone) body.dispose?.()
          else heavy.value = body
        })
        .catch(() => {})
      return {
        view: () => (heavy.value ? heavy.value.view() : <slot />),
        dispose() {
          gone = true
          heavy.value?.dispose?.()
        },
      }
    },
  })

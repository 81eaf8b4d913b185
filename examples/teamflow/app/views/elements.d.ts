import type { HTMLAttributes } from 'preact'

/** Softgate's elements, as the views write them. */
declare module 'preact' {
  // biome-ignore lint/style/noNamespace: Preact's own place for the elements that JSX knows
  namespace JSX {
    interface IntrinsicElements {
      'softgate-prompts': HTMLAttributes
      'softgate-requests': HTMLAttributes
      'softgate-usage': HTMLAttributes
      'softgate-plans': HTMLAttributes
    }
  }
}

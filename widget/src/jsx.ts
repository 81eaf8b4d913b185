import { Fragment, h } from 'preact'

/** What the compiler makes of JSX, as one call; for the script build. */
export const jsx = (type: string, { key: _, ...props }: { key?: unknown }, key?: string): unknown =>
  h(type, key === undefined ? props : { ...props, key })
export { Fragment, jsx as jsxs }

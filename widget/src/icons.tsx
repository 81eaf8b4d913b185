import type { VNode } from 'preact'

export const trend = 'm2.5 11.5 4-4L9 10l4.5-5M10 5h3.5v3.5'
export const clock = 'M8 2.2a5.8 5.8 0 110 11.6A5.8 5.8 0 118 2.2M8 4.8V8l2.2 1.6'
export const lock = 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 015 0v2'
export const offline = 'm2 2 12 12M5 5.3A3.6 3.6 0 004.4 12H11M7 4.3a3.8 3.8 0 014.3 3A2.6 2.6 0 0113 11'

/** Ornament: what it means is always said in words beside it. */
export const Icon = ({ path }: { path: string }): VNode => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d={path} />
  </svg>
)
export const close = 'm4 4 8 8M12 4l-8 8'

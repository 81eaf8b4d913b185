import type { Quote } from '@softgate/sdk/contract'
import type { Page } from '../page.ts'

const leastMs = 5 * 60_000
const mostMs = 24 * 60 * 60_000

/**
 * How many milliseconds a quote may be shown before it is asked for anew. The clock of this machine may be off: a wrong guess
 * is caught by the server, and must not become a loop. (A timer of more than 24 days runs at once.)
 */
export const lastsMs = ({ expiresAt }: Quote, page: Page): number =>
  Math.min(mostMs, Math.max(leastMs, Date.parse(expiresAt) - page.now()))

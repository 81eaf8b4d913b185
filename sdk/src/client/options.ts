import type { Environment } from './environment.ts'

/** What `createSoftgate` takes: an address and a way to a token; everything of the browser may be replaced. */
export interface SoftgateOptions extends Partial<Environment> {
  /** Where the backend is, with the path it is mounted at: `/softgate` on the same origin, or a full address. */
  url: string
  /**
   * Fetches a user token from the host's server. Called when none is at hand, before one expires and when one is refused;
   * never twice at once, and with growing pauses while it fails.
   */
  token(): string | Promise<string>
  /** What `check` says about a feature of which nothing is known; refused when it is not named here. */
  defaults?: Record<string, boolean>
}

/** How the page hears of the server: `live` is connected, `offline` lives from the last known state. */
export type Connection = 'connecting' | 'live' | 'offline' | 'closed'

/** @throws Error when `value` holds a secret key, which opens every account and has no place in a browser */
export function refuseSecret(name: string, value: unknown): void {
  if (/\bsg_(test|live)_/.test(`${value}`))
    throw new Error(`${name} holds a secret key, which must never reach a browser.`)
}

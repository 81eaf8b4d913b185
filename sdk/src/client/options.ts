import type { PageWindow } from './page-window.ts'

/** What `createSoftgate` takes: an address and a way to a token. */
export interface SoftgateOptions {
  /** Where the backend is, with the path it is mounted at: `/softgate` on the same origin, or a full address. */
  url: string
  /**
   * Fetches a user token from the host's server. Called when none is at hand, before one expires and when one is refused;
   * never twice at once, and with growing pauses while it fails.
   */
  token(): string | Promise<string>
  /** What `check` says about a feature of which nothing is known; refused when it is not named here. */
  defaults?: Record<string, boolean>
  /** Stands for the page's own: everything that the client takes from the browser. */
  window?: PageWindow
}

/** How the page hears of the server: `live` is connected, `offline` lives from the last known state. */
export type Connection = 'connecting' | 'live' | 'offline' | 'closed'

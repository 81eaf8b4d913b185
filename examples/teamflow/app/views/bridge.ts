import type { GateResult } from '@softgate/sdk'
import type { Decision } from '@softgate/sdk/contract'

/** What views ask of Softgate in the browser. On the server, and until the script runs, there is nobody to ask. */
export interface Bridge {
  gate(feature: string, options?: { quantity?: number }): Promise<GateResult>
  /** Calls back with each new answer about a feature; the returned function ends it. */
  onDecision(feature: string, listener: (decision: Decision) => void): () => void
}

let bridge: Bridge | null = null

export const setBridge = (made: Bridge): void => {
  bridge = made
}

export const getBridge = (): Bridge | null => bridge

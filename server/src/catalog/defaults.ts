import type { Segment } from '@softgate/sdk/contract'
import type { Catalog, ReadinessBounds } from './model.ts'

/** The readiness gate by segment: what an account must have reached before anything is asked of it. */
export const readinessDefaults: Record<Segment, ReadinessBounds> = {
  smb: {
    onboardedDays: 30,
    keyFeatures: 3,
    departments: 0,
    healthScore: 75,
    activeSeats: 60,
    tickets: 'declining_or_stable',
    nps: 7,
    executiveSponsor: false,
    unknownPasses: true,
  },
  mid_market: {
    onboardedDays: 45,
    keyFeatures: 5,
    departments: 0,
    healthScore: 80,
    activeSeats: 70,
    tickets: 'declining',
    nps: 8,
    executiveSponsor: false,
    unknownPasses: false,
  },
  enterprise: {
    onboardedDays: 60,
    keyFeatures: 7,
    departments: 2,
    healthScore: 85,
    activeSeats: 75,
    tickets: 'declining',
    nps: 8,
    executiveSponsor: true,
    unknownPasses: false,
  },
}

/** What a catalogue says when its author is silent. */
export const catalogDefaults = {
  defaultSegment: 'smb',
  billing: 'stripe',
  purchaseRoles: ['owner', 'admin'],
  quoteMinutes: 10,
  addons: {},
  changes: {
    quantityUp: 'prorate',
    quantityDown: 'renewal',
    planUp: 'prorate',
    planDown: 'renewal',
    intervalUp: 'prorate',
    intervalDown: 'renewal',
    undo: 15,
    downgradeBelowUse: 'block',
    onReversal: 'revoke',
    onRenewalReversal: 'revoke',
  },
  payment: { trialing: 'keep', past_due: 'keep', unpaid: 'drop', paused: 'drop', cancelling: 'keep' },
  ingest: { maxAgeDays: 35, maxAheadSeconds: 300 },
  // Triggers are tried on the last 90 days; the charts go back a year.
  retention: { eventsDays: 100, usageDays: 420, export: null },
  comparison: { leastAccounts: 10, size: null, bands: [5, 20, 50, 200] },
  browserSignals: [],
  origins: [],
  checkoutReturn: null,
  checkout: 'hosted',
  tax: null,
  promotions: {},
  stripeFeatures: false,
  portal: null,
} as const satisfies Partial<Catalog>

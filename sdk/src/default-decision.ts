import type { Decision } from './contract/index.ts'

/** What is said about a feature of which nothing is known: the default that the host has declared. */
export const byDefault = (feature: string, allowed: boolean): Decision => ({
  feature,
  kind: 'boolean',
  state: allowed ? 'ok' : 'locked',
  allowed,
  reason: allowed ? 'granted' : 'not_in_plan',
  limit: null,
  used: null,
  remaining: null,
  softLimit: null,
  resetsAt: null,
  graceEndsAt: null,
  nextChangeAt: null,
  source: 'default',
  ageMs: 0,
})

import type { Comparison, Group } from './model.ts'

/** What insights need from storage. */
export interface ComparisonStore {
  /** Replaces all that is known. */
  replaceAll(comparisons: readonly Comparison[], now: number): Promise<void>
  /** What is known of a group, if it was found at `since` or later. */
  find(group: Group, since: number): Promise<Comparison | null>
}

import { bucketOf } from '../kernel/hash.ts'

/**
 * Puts an account into one of several arms by weight: the same account always into the same arm, and a new arm moves only
 * the accounts that it takes. Accounts are the unit, as colleagues see each other's screens.
 */
export function assign(seed: string, account: string, arms: readonly { key: string; weight: number }[]): string {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0)
  const point = bucketOf(seed, account) * total
  let edge = 0
  for (const { key, weight } of arms) {
    edge += weight
    if (point < edge) return key
  }
  const last = arms.at(-1)
  if (!last) throw new Error(`The experiment ${seed} has no arm to assign`)
  return last.key
}

/** Whether an account belongs to the share, 0 to 1, that is measured and not asked. */
export const isHeldOut = (trigger: string, account: string, share: number): boolean =>
  bucketOf(`holdout:${trigger}`, account) < share

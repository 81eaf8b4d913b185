import { bucketOf } from '../kernel/hash.ts'

/**
 * Puts an account into one of several arms by weight. Each arm draws a distance for the account, shorter on average the
 * heavier the arm, and the nearest takes it (weighted rendezvous hashing): so the same account is always in the same arm,
 * and a new arm moves only the accounts that it takes. Accounts are the unit, as colleagues see each other's screens.
 */
export function assign(seed: string, account: string, arms: readonly { key: string; weight: number }[]): string {
  const drawn = arms
    .filter(({ weight }) => weight > 0)
    .map(({ key, weight }) => ({ key, distance: -Math.log(1 - bucketOf(`${seed}\n${key}\n`, account)) / weight }))
  const [first, ...others] = drawn
  if (!first) throw new Error(`The experiment ${seed} has no arm to assign`)
  const nearer = (a: typeof first, b: typeof first): boolean =>
    a.distance < b.distance || (a.distance === b.distance && a.key < b.key)
  return others.reduce((nearest, arm) => (nearer(arm, nearest) ? arm : nearest), first).key
}

/** Whether an account belongs to the share, 0 to 1, that is measured and not asked. */
export const isHeldOut = (trigger: string, account: string, share: number): boolean =>
  bucketOf(`holdout:${trigger}`, account) < share

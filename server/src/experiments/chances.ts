/** How many of an arm's accounts did it. */
export interface Count {
  accounts: number
  done: number
}

/** What is known of an arm's share: between which bounds it lies with 95 %, and how likely it is the greatest of all arms. */
export interface Chance {
  low: number
  high: number
  best: number
}

const points = 8_000

/**
 * The exact posterior of each share, from a prior that holds every share for equally likely (Beta-Binomial), on a grid: it is
 * right at small numbers too, where the usual intervals are not.
 */
export function chancesOf(arms: readonly Count[]): Chance[] {
  const spans = arms.map(({ accounts, done }) => {
    const mean = (done + 1) / (accounts + 2)
    const deviation = Math.sqrt((mean * (1 - mean)) / (accounts + 3))
    return { from: mean - 9 * deviation, to: mean + 9 * deviation }
  })
  const from = Math.max(0, Math.min(...spans.map((span) => span.from)))
  const to = Math.min(1, Math.max(...spans.map((span) => span.to)))
  const grid = Array.from({ length: points }, (_, i) => from + ((i + 0.5) / points) * (to - from))
  const curves = arms.map((arm) => curveOf(arm, grid))
  const at = ({ below }: Curve, share: number): number => grid[below.findIndex((sum) => sum >= share)] ?? to
  return curves.map((own) => {
    const others = curves.filter((curve) => curve !== own)
    const best = own.mass.reduce(
      (sum, mass, i) => sum + others.reduce((product, { below }) => product * (below[i] ?? 1), mass),
      0,
    )
    return { low: at(own, 0.025), high: at(own, 0.975), best: Math.min(1, best) }
  })
}

interface Curve {
  /** The probability of each point of the grid. */
  mass: number[]
  /** The probability of what lies below a point, half of the point itself included. */
  below: number[]
}

function curveOf({ accounts, done }: Count, grid: readonly number[]): Curve {
  const logs = grid.map((share) => done * Math.log(share) + (accounts - done) * Math.log(1 - share))
  const top = logs.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY)
  const raw = logs.map((log) => Math.exp(log - top))
  const whole = raw.reduce((sum, one) => sum + one, 0)
  const mass = raw.map((one) => one / whole)
  let sum = 0
  const below = mass.map((one) => {
    sum += one
    return sum - one / 2
  })
  return { mass, below }
}

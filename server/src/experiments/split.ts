/** Below so many accounts an arm, the test says nothing. */
const fewest = 8

/**
 * The probability of a split at least as uneven as this one if only the weights and chance were at work (the chi-squared test
 * of a sample ratio mismatch). Null where there are too few accounts, or nothing to compare.
 */
export function splitOf(arms: readonly { accounts: number; weight: number }[]): number | null {
  const drawn = arms.filter(({ weight }) => weight > 0)
  const accounts = drawn.reduce((sum, arm) => sum + arm.accounts, 0)
  const weights = drawn.reduce((sum, arm) => sum + arm.weight, 0)
  const wanted = drawn.map(({ weight }) => (accounts * weight) / weights)
  if (drawn.length < 2 || wanted.some((count) => count < fewest)) return null
  const distance = drawn.reduce((sum, arm, i) => sum + (arm.accounts - (wanted[i] ?? 0)) ** 2 / (wanted[i] ?? 1), 0)
  return chiSquaredAbove(distance, drawn.length - 1)
}

/** The probability that a chi-squared variable of so many degrees of freedom is above `x`. */
function chiSquaredAbove(x: number, degrees: number): number {
  // From 1 and 2 degrees upwards, two at a time.
  const odd = degrees % 2 === 1
  let sum = odd ? erfc(Math.sqrt(x / 2)) : Math.exp(-x / 2)
  let term = odd ? Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2) : (x / 2) * Math.exp(-x / 2)
  for (let n = odd ? 1 : 2; n < degrees; n += 2) {
    sum += term
    term *= x / (n + 2)
  }
  return Math.min(1, sum)
}

/** The complementary error function for `x` of at least 0, by its continued fraction or its series. */
function erfc(x: number): number {
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; n < 60; n++) {
      term *= -(x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let rest = x
  for (let n = 60; n >= 1; n--) rest = x + n / 2 / rest
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * rest)
}

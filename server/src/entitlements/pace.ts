const week = 7
const dayMs = 86_400_000
/** With fewer days nobody can tell a day of the week from chance. */
const leastWeekly = 10
/** A slope of more than this share of the mean, a day, is rare: it takes much evidence to believe it. */
const slopeShare = 0.02
/** One of ten is above this many standard deviations. */
const tenth = 1.2816

/** What the coming days add up to. */
export interface Outlook {
  mean: number
  /** How far above and below the mean one of ten would be. */
  spread: number
}

/** How an account goes on using something, as far as its last days tell. */
export interface Pace {
  /** By the end of today, of which the given share is still to come, and of each of the `count` - 1 days after it. */
  ahead(count: number, share: number): Outlook[]
}

export interface PaceOptions {
  /** Key of the last of the days. */
  lastDay: number
  /** Whether days of the week may differ. */
  weekly: boolean
}

/**
 * Fits y(t) = f(weekday of t) · (a + b·t) + e to what each day added, oldest first; t is 0 on the last day. The factors f are
 * ratios to the mean, shrunk towards 1 by what chance alone would make of them (Miller and Williams, "Shrinkage estimators of
 * time series seasonal factors", International Journal of Forecasting 19, 2003); a and b come from least squares with a
 * prior that b is 0 (ridge regression), so that a trend has to be plain to be believed. The spread of a sum of coming days
 * has that of the days themselves, widened where they come in runs, and that of a and b (Hyndman and Athanasopoulos,
 * "Forecasting: Principles and Practice", 7.9), with Student's t for few days.
 */
export function fitPace(days: readonly number[], { lastDay, weekly }: PaceOptions): Pace {
  const y = calmed(days)
  const n = y.length
  const mean = sum(y) / n
  const weekday = (t: number): number => (((Math.floor(lastDay / dayMs) + t) % week) + week) % week
  const t = y.map((_, index) => index - n + 1)
  const factors = weekly && mean > 0 && n >= leastWeekly ? weekdayFactors(y, t.map(weekday)) : Array(week).fill(1)
  const factor = (at: number): number => factors[weekday(at)] ?? 1

  const x = t.map((at) => [factor(at), factor(at) * at] as const)
  const spreadOf = (residuals: readonly number[]): number => sum(residuals.map((e) => e * e)) / Math.max(1, n - 2)
  // How much chance there is decides how much a slope is believed.
  const noise = spreadOf(y.map((units, index) => units - mean * (x[index]?.[0] ?? 1)))
  const ridge = mean === 0 ? 0 : noise / (slopeShare * mean) ** 2
  const [s11, s12, s22] = [
    sum(x.map(([u]) => u * u)),
    sum(x.map(([u, v]) => u * v)),
    sum(x.map(([, v]) => v * v)) + ridge,
  ]
  const [r1, r2] = [sum(x.map(([u], i) => u * (y[i] ?? 0))), sum(x.map(([, v], i) => v * (y[i] ?? 0)))]
  const det = s11 * s22 - s12 * s12
  const a = (s22 * r1 - s12 * r2) / det
  const b = (s11 * r2 - s12 * r1) / det
  const residuals = y.map((units, i) => units - a * (x[i]?.[0] ?? 0) - b * (x[i]?.[1] ?? 0))
  const variance = spreadOf(residuals) * runs(residuals)
  const quantile = tenth + (tenth ** 3 + tenth) / (4 * Math.max(1, n - 2))

  return {
    ahead(count, share) {
      let [g1, g2, own] = [0, 0, 0]
      return Array.from({ length: count }, (_, index) => {
        const at = index + 1
        const part = index === 0 ? share : 1
        g1 += part * factor(at)
        g2 += part * factor(at) * at
        own += part
        const fitted = (s22 * g1 * g1 - 2 * s12 * g1 * g2 + s11 * g2 * g2) / det
        return { mean: a * g1 + b * g2, spread: quantile * Math.sqrt(variance * (own + Math.max(0, fitted))) }
      })
    },
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** One day is no habit: the highest counts twice the second highest at most. */
function calmed(days: readonly number[]): number[] {
  const [, second = 0] = [...days].sort((a, b) => b - a)
  const most = Math.max(2 * second, 0)
  return days.map((units) => (second > 0 ? Math.min(units, most) : units))
}

/** How the days of the week differ from their mean, which is 1; as much as chance would make them differ is taken off. */
function weekdayFactors(y: readonly number[], weekdays: readonly number[]): number[] {
  const mean = sum(y) / y.length
  const groups = Array.from({ length: week }, (_, day) => y.filter((_, index) => weekdays[index] === day))
  const means = groups.map((group) => sum(group) / group.length / mean)
  const within = groups.map((group, day) => sum(group.map((units) => (units / mean - (means[day] ?? 1)) ** 2)))
  const chance = sum(within) / (y.length - week)
  const between = sum(means.map((ratio) => (ratio - 1) ** 2)) / (week - 1)
  const real = Math.max(0, between - chance / (y.length / week))
  const kept = groups.map((group) => (real === 0 ? 0 : real / (real + chance / group.length)))
  const factors = means.map((ratio, day) => 1 + (kept[day] ?? 0) * (ratio - 1))
  const total = sum(factors)
  return factors.map((ratio) => (ratio * week) / total)
}

/** How much wider sums spread than single days do, as days like each other come one after another; 1 where they do not. */
function runs(residuals: readonly number[]): number {
  const all = sum(residuals.map((e) => e * e))
  if (all === 0) return 1
  const next = sum(residuals.slice(1).map((e, index) => e * (residuals[index] ?? 0)))
  const likeness = Math.min(0.6, Math.max(0, next / all - 1 / residuals.length))
  return (1 + likeness) / (1 - likeness)
}

import type { Rate, Tier } from './rate.ts'

const isAmount = (amount: unknown): boolean => Number.isSafeInteger(amount) && Number(amount) >= 0

/** What is wrong with a rate, a sentence each. A file need not be TypeScript, so both ways to price are looked for. */
export function rateFaults(what: string, { unitAmount, units, mode, tiers }: Rate): string[] {
  if (tiers === undefined) {
    const faults = isAmount(unitAmount)
      ? []
      : [`${what}: unitAmount ${unitAmount} must be a whole number of minor units.`]
    if (units !== undefined && !(Number.isSafeInteger(units) && units >= 1))
      faults.push(`${what}: units is a whole number of at least 1; it is ${units}.`)
    return mode === undefined ? faults : [...faults, `${what}: mode "${mode}" needs tiers.`]
  }
  const faults: string[] = []
  if (units !== undefined) faults.push(`${what} has units and tiers; packages have one amount.`)
  if (unitAmount !== undefined) faults.push(`${what} has unitAmount and tiers; a price has one of them.`)
  if (mode !== 'graduated' && mode !== 'volume')
    faults.push(`${what}: mode is graduated or volume; it is ${mode === undefined ? 'missing' : `"${mode}"`}.`)
  return [...faults, ...stepFaults(what, tiers), ...tiers.flatMap((tier, index) => tierFaults(what, tier, index))]
}

function stepFaults(what: string, tiers: readonly Tier[]): string[] {
  const last = tiers.at(-1)
  if (!last) return [`${what}: tiers are empty; name at least one, which ends with upTo: null.`]
  const faults: string[] = []
  if (last.upTo !== null) faults.push(`${what}: the last tier has upTo: null; it is ${last.upTo}.`)
  tiers.slice(0, -1).forEach(({ upTo }, index) => {
    const below = index === 0 ? 0 : (tiers[index - 1]?.upTo ?? 0)
    if (upTo === null || !Number.isSafeInteger(upTo) || upTo <= below)
      faults.push(`${what}: upTo of tier ${index + 1} is a whole number above ${below}; it is ${upTo}.`)
  })
  return faults
}

function tierFaults(what: string, { unit, flat = 0 }: Tier, index: number): string[] {
  const faults: string[] = []
  if (!isAmount(unit))
    faults.push(`${what}: unit of tier ${index + 1} is a whole number of minor units; it is ${unit}.`)
  if (!isAmount(flat))
    faults.push(`${what}: flat of tier ${index + 1} is a whole number of minor units; it is ${flat}.`)
  return faults
}

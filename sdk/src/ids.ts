/**
 * A UUID of version 7 (RFC 9562): it begins with the time, so ids sort by it and lie together in the server's index.
 *
 * @param now epoch milliseconds, of a time before the year 2527: eleven digits
 * @param random a number of at least 0 and less than 1, another each time
 */
export function uuidv7(now: number, random: () => number): string {
  const time = `0${now.toString(16)}`
  // The digits that are given: version 7, and the variant, which leaves two bits of its digit to chance; none is taken.
  const digits = `${time.slice(0, 8)}-${time.slice(8)}-7xxx-8xxx-xxxxxxxxxxxx`
  // Of a fraction's digits the last: there is always one.
  return digits.replace(/x/g, () => random().toString(16).at(-1) as string)
}

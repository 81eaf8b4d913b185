/**
 * A UUID of version 7 (RFC 9562): it begins with the time, so ids sort by it and lie together in the server's index.
 *
 * @param now epoch milliseconds
 * @param random 9 random bytes
 */
export function uuidv7(now: number, random: Uint8Array): string {
  const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
  const noise = Array.from(random, (byte) => hex(byte, 2)).join('')
  // The digits that are given: version 7, and the variant, which leaves two bits of its digit to chance; none is taken.
  return `${hex(now, 12)}7${noise.slice(0, 3)}8${noise.slice(3)}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

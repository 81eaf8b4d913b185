/**
 * A UUID of version 7 (RFC 9562): it begins with the time, so ids sort by it and lie together in the server's index.
 *
 * @param now epoch milliseconds
 * @param random 9 random bytes
 */
export function uuidv7(now: number, random: Uint8Array): string {
  const time = now.toString(16).padStart(12, '0')
  const noise = Array.from(random, (byte) => (byte + 256).toString(16).slice(1)).join('')
  // The digits that are given: version 7, and the variant, which leaves two bits of its digit to chance; none is taken.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${noise.slice(0, 3)}-8${noise.slice(3, 6)}-${noise.slice(6)}`
}

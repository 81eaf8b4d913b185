/**
 * A UUID of version 7 (RFC 9562): it begins with the time, so ids sort by it and lie together in the server's index.
 *
 * @param now epoch milliseconds
 * @param random 10 random bytes
 */
export function uuidv7(now: number, random: Uint8Array): string {
  const [version = 0, ...rest] = random
  rest[1] = ((rest[1] ?? 0) & 0x3f) | 0x80
  const hex = [(version & 0x0f) | 0x70, ...rest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${now.toString(16).padStart(12, '0')}${hex}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

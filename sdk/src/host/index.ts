export { SoftgateError } from '../error.ts'
export {
  createHost,
  type FailMode,
  type HostEvent,
  type HostOptions,
  type Reservation,
  type SessionInput,
  type SoftgateHost,
} from './client.ts'
export type { Tracked } from './outbox.ts'
export type { Send, SendInput } from './send.ts'
export {
  faultOfCap,
  type MintInput,
  maxCapDays,
  maxTokenSeconds,
  mintToken,
  signatureOf,
  type TokenClaims,
  tokenKeyOf,
} from './token.ts'

export { createHost, type HostEvent, type HostOptions, type SessionInput, type SoftgateHost } from './client.ts'
export { SoftgateError } from './send.ts'
export { type MintInput, maxTokenSeconds, mintToken, signatureOf, type TokenClaims, tokenKeyOf } from './token.ts'

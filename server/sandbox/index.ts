export { createStripeSandbox } from './sandbox.ts'
export type { JournalEntry } from './state/own-records.ts'
export type { SandboxControl, SandboxOptions, StripeSandbox } from './types.ts'
export type { Fault, FaultKind } from './wire/faults.ts'

import type { JsonObject } from '../json.ts'

/** Members that never vary in the sandbox, by `object`, so that every object has the members the declarations promise. */
export type Constants = Readonly<Record<string, JsonObject>>

export const PAYMENT_SETTINGS: JsonObject = { payment_method_options: null, payment_method_types: null }

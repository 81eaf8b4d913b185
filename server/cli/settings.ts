import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'
import { z } from 'zod'
import { catalogDefaults } from '../src/catalog/defaults.ts'
import type { Catalog } from '../src/catalog/model.ts'
import type { StripeOptions } from '../src/gateways/stripe/client.ts'
import { Refusal } from './refuse.ts'

/** Where a command finds the configuration, unless told otherwise. */
export const configArg = {
  config: { type: 'string', default: 'softgate.config.ts', description: 'The configuration file', valueHint: 'FILE' },
} as const

/**
 * Reads a configuration that exports what `defineConfig` made as its default. Runs TypeScript as it is, wherever Node
 * cannot by itself.
 *
 * @throws Refusal when the file is not there or exports something else; what the file itself throws, such as its faults
 */
export async function loadConfig(file: string): Promise<Catalog> {
  const path = resolve(file)
  if (!existsSync(path))
    throw new Refusal(`There is no ${file}. Write one with "softgate init", or name yours with --config.`)
  const { default: config } = await importFresh(path)
  if (typeof config !== 'object' || config === null || !('features' in config) || !('plans' in config))
    throw new Refusal(`${file} must export what defineConfig makes as its default.`)
  const absent = absentFrom(config, catalogDefaults)
  if (absent === null) return config as Catalog
  throw new Refusal(
    `${file} lacks "${absent}": the @softgate/server that it imports is another version than this command. Install one version of both; in the repository, run "npm run build".`,
  )
}

/** The first part of a catalogue that defineConfig of this version fills in and this one has not. */
function absentFrom(config: object, defaults: object): string | null {
  for (const [key, value] of Object.entries(defaults)) {
    const own: unknown = Reflect.get(config, key)
    if (own === undefined) return key
    if (!isRecord(value) || !isRecord(own)) continue
    const within = absentFrom(own, value)
    if (within !== null) return `${key}.${within}`
  }
  return null
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Node itself first: under a loader of the project's own, one copy of each module serves the file and us. */
async function importFresh(path: string): Promise<{ default?: unknown }> {
  try {
    return await import(`${pathToFileURL(path).href}?read=${++reads}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw missing(error, path)
    const jiti = createJiti(import.meta.url, { moduleCache: false })
    return jiti.import<{ default?: unknown }>(path).catch((error) => {
      throw missing(error, path)
    })
  }
}

/** A project that has a configuration, but not the package that it begins with. */
function missing(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return error
  return message.includes("'@softgate/server'")
    ? new Refusal(`${path} imports @softgate/server, which is not installed here. Run "npm install @softgate/server".`)
    : error
}
let reads = 0

const environment = z.object({
  SOFTGATE_SECRET_KEY: z.string().optional(),
  DATABASE_URL: z.string().default('softgate.db'),
  STRIPE_SECRET_KEY: z.string().startsWith('sk_', 'must begin with sk_').optional(),
  STRIPE_WEBHOOK_SECRET: z.string().startsWith('whsec_', 'must begin with whsec_').optional(),
  STRIPE_PUBLISHABLE_KEY: z.string().startsWith('pk_', 'must begin with pk_').optional(),
  SOFTGATE_REQUESTS_URL: z.url().optional(),
  SOFTGATE_REQUESTS_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and at least 24 bytes in base64')
    .optional(),
  /** Another Stripe than Stripe's own, such as the local one of "softgate dev". */
  STRIPE_API_URL: z.url().optional(),
})

export interface Settings {
  /** The newest first. */
  secretKeys: string[]
  database: string
  stripe: StripeOptions | null
  /** Where requests to the vendor are posted to. */
  requests: { url: string; secret: string } | null
}

/**
 * Reads the environment.
 *
 * @throws Refusal that names every variable at fault
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { data, error } = environment.safeParse(given)
  if (!data)
    throw new Refusal(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}.`).join('\nsoftgate: '))
  const secretKeys = (data.SOFTGATE_SECRET_KEY ?? '').split(',').filter((key) => key !== '')
  const wrong = secretKeys.find((key) => !/^sg_(test|live)_[A-Za-z0-9]{24,}$/.test(key))
  if (wrong !== undefined)
    throw new Refusal(
      'SOFTGATE_SECRET_KEY: every key must begin with sg_test_ or sg_live_, with 24 letters and digits or more after it.',
    )
  return { secretKeys, database: data.DATABASE_URL, stripe: stripeOf(data), requests: requestsOf(data) }
}

function requestsOf(data: z.infer<typeof environment>): Settings['requests'] {
  const { SOFTGATE_REQUESTS_URL: url, SOFTGATE_REQUESTS_SECRET: secret } = data
  if (url === undefined) return null
  if (secret !== undefined) return { url, secret }
  throw new Refusal(
    'SOFTGATE_REQUESTS_SECRET is not set: what is posted to SOFTGATE_REQUESTS_URL is signed with it. Make one: echo "whsec_$(openssl rand -base64 32)".',
  )
}

function stripeOf(data: z.infer<typeof environment>): StripeOptions | null {
  if (data.STRIPE_SECRET_KEY === undefined) return null
  return {
    secretKey: data.STRIPE_SECRET_KEY,
    webhookSecret: data.STRIPE_WEBHOOK_SECRET,
    ...(data.STRIPE_API_URL !== undefined && { apiUrl: data.STRIPE_API_URL }),
    ...(data.STRIPE_PUBLISHABLE_KEY !== undefined && { publishableKey: data.STRIPE_PUBLISHABLE_KEY }),
  }
}

export function requireSecretKeys({ secretKeys }: Settings): string[] {
  if (secretKeys.length > 0) return secretKeys
  throw new Refusal('SOFTGATE_SECRET_KEY is not set. "softgate init" makes one.')
}

export function requireStripe({ stripe }: Settings): StripeOptions {
  if (stripe) return stripe
  throw new Refusal('STRIPE_SECRET_KEY is not set. Take a key from the Stripe dashboard, under Developers, API keys.')
}

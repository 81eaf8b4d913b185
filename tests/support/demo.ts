import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { mintToken } from '@softgate/sdk/host'
import { createStripeClient } from '@softgate/server'
import type Stripe from 'stripe'
import { type Api, createApi } from './api.ts'
import { cleanup } from './cleanup.ts'

const script = fileURLToPath(new URL('../../examples/start.mjs', import.meta.url))

export interface Ready {
  ready: true
  /** TeamFlow's address. */
  app: string
  backend: string
  console: string | null
  stripe: string
  secretKey: string
  stripeKey: string
}

/** The demo with the ways to it. */
export interface Reached extends Ready {
  host: Api
  as(account: string, user: string): Api
  stripeClient: Stripe
  /** The controls of the local Stripe. */
  control(path: string, body?: object): Promise<Record<string, unknown>>
}

export interface Started extends Reached {
  process: ChildProcess
  /** What it has written so far. */
  output: { stdout: string; stderr: string }
  /** SIGKILL, as a crash; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

export interface RunOptions {
  data: string
  port?: number
  args?: string[]
  databaseUrl?: string
  env?: Record<string, string>
}

/** Runs `npm start`'s script to its end or to its first line that says it is ready. */
export function run({ data, port = 0, args = ['--json'], databaseUrl, env = {} }: RunOptions) {
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(process.execPath, [script, ...args], {
    env: {
      ...inherited,
      PORT: String(port),
      SOFTGATE_DATA: data,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that a crash takes the server down and not only the script that started it
  })
  const output = { stdout: '', stderr: '' }
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
      if (/(^ready$|"ready":true)/m.test(output.stdout)) resolve(output.stdout)
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk
    })
    exited.then((code) => reject(new Error(`npm start ended with ${code}: ${output.stderr}`)))
  })
  ready.catch(() => {})
  cleanup(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  })
  return { child, output, exited, ready }
}

/** Starts the demo as a user does, and waits until it says that it is ready. */
export async function startDemo(options: RunOptions): Promise<Started> {
  const { child, ready, exited, output } = run(options)
  return {
    ...reach(JSON.parse(await ready) as Ready),
    process: child,
    output,
    async kill() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await exited
    },
    stop() {
      child.kill('SIGTERM')
      return exited
    },
  }
}

export function reach(addresses: Ready): Reached {
  const { backend, stripe, secretKey, stripeKey } = addresses
  const api = (credential: string): Api => createApi(fetch, `${backend}/v1`, credential)
  return {
    ...addresses,
    host: api(secretKey),
    as: (account, user) => api(mintToken({ secretKey, account, user, may: ['purchase'], now: Date.now() }).token),
    stripeClient: createStripeClient({ secretKey: stripeKey, apiUrl: stripe, webhookSecret: undefined }),
    async control(path, body) {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return (await fetch(`${stripe}/_sandbox${path}`, init)).json() as Promise<Record<string, unknown>>
    },
  }
}

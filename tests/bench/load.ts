import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * What is requested, over and over. In the body, `%n` becomes another number each time, ascending, and `%a` one of the numbers
 * below `accounts`, by chance.
 */
export interface Target {
  url: string
  method: 'GET' | 'POST' | 'PUT'
  headers: Record<string, string>
  body?: string
  accounts?: number
}

export interface Load {
  requests: number
  seconds: number
  /** Milliseconds in which 99 of 100 requests were answered. */
  p99: number
}

export interface LoadOptions {
  seconds: number
  connections?: number
  /** About how many requests a second to send, far from what the server can; as many as it answers where it is left out. */
  perSecond?: number
}

const haveWrk = spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined

type Chosen = LoadOptions & { connections: number }

/** Requests over 50 connections for some seconds, from a process that costs little: wrk where it is there, else autocannon. */
export const load = (target: Target, { connections = 50, ...options }: LoadOptions): Promise<Load> =>
  (haveWrk ? wrk : autocannon)(target, { connections, ...options })

async function wrk(
  { url, method, headers, body = '', accounts = 1 }: Target,
  { seconds, connections, perSecond }: Chosen,
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-wrk-'))
  const script = join(folder, 'load.lua')
  const lines = [
    `wrk.method = "${method}"`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = [[${value}]]`),
    `local body = [[${body}]]`,
    ...(/%[na]/.test(body)
      ? [
          'local n = 0',
          'request = function()',
          '  n = n + 1',
          `  local values = { n = string.format("%09d", n), a = math.random(0, ${accounts - 1}) }`,
          '  return wrk.format(nil, nil, nil, (body:gsub("%%([na])", values)))',
          'end',
        ]
      : ['wrk.body = body']),
    // Milliseconds that a connection waits before its next request: by chance, or all would come at once.
    ...(perSecond ? [`delay = function() return math.random(0, ${(2_000 * connections) / perSecond}) end`] : []),
    'done = function(summary, latency) io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, summary.errors.status, latency:percentile(99))) end',
  ]
  writeFileSync(script, lines.join('\n'))
  try {
    const output = await outputOf('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url])
    const [requests, micros, refused, p99] = (/RESULT (.*)/.exec(output)?.[1] ?? '').split(' ').map(Number)
    if (!requests || !micros || refused) throw new Error(`${refused ?? 'All'} requests to ${url} were refused`)
    return { requests, seconds: micros / 1e6, p99: (p99 ?? 0) / 1_000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function autocannon(
  { url, method, headers, body, accounts = 1 }: Target,
  { seconds, connections, perSecond }: Chosen,
): Promise<Load> {
  const { default: run } = await import('autocannon')
  let n = 0
  const filled = (text: string): string => {
    const values = { '%n': String(++n).padStart(9, '0'), '%a': String(Math.floor(Math.random() * accounts)) }
    return text.replaceAll(/%[na]/g, (name) => values[name as keyof typeof values])
  }
  const result = await run({
    url,
    connections,
    duration: seconds,
    ...(perSecond && { overallRate: perSecond }),
    workers: 1,
    requests: [
      {
        method,
        headers,
        ...(body !== undefined && { setupRequest: (request) => ({ ...request, body: filled(body) }) }),
      },
    ],
  })
  if (result.non2xx > 0) throw new Error(`${result.non2xx} requests to ${url} were refused`)
  return { requests: result.requests.total, seconds: result.duration, p99: result.latency.p99 }
}

function outputOf(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}

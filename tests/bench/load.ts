import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is requested, over and over. `%n` in the body becomes another number each time, ascending. */
export interface Target {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
}

export interface Load {
  requests: number
  seconds: number
}

const connections = 50
const haveWrk = spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined

/** Keeps 50 connections busy for some seconds, from a process that costs little: wrk where it is there, else autocannon. */
export const load = (target: Target, seconds: number): Promise<Load> =>
  haveWrk ? wrk(target, seconds) : autocannon(target, seconds)

async function wrk({ url, method, headers, body }: Target, seconds: number): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-wrk-'))
  const script = join(folder, 'load.lua')
  const [before = '', after] = (body ?? '').split('%n')
  const lines = [
    `wrk.method = "${method}"`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = [[${value}]]`),
    ...(after === undefined
      ? [`wrk.body = [[${before}]]`]
      : [
          'local n = 0',
          `request = function() n = n + 1; return wrk.format(nil, nil, nil, [[${before}]] .. string.format("%09d", n) .. [[${after}]]) end`,
        ]),
    'done = function(summary) io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, summary.errors.status)) end',
  ]
  writeFileSync(script, lines.join('\n'))
  try {
    const output = await outputOf('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url])
    const [, requests, micros, refused] = /RESULT (\d+) (\d+) (\d+)/.exec(output) ?? []
    if (Number(refused) > 0) throw new Error(`${refused} requests to ${url} were refused`)
    return { requests: Number(requests), seconds: Number(micros) / 1e6 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function autocannon({ url, method, headers, body }: Target, seconds: number): Promise<Load> {
  const { default: run } = await import('autocannon')
  let n = 0
  const result = await run({
    url,
    connections,
    duration: seconds,
    workers: 1,
    requests: [
      {
        method,
        headers,
        ...(body !== undefined && {
          setupRequest: (request) => ({ ...request, body: body.replace('%n', String(++n).padStart(9, '0')) }),
        }),
      },
    ],
  })
  if (result.non2xx > 0) throw new Error(`${result.non2xx} requests to ${url} were refused`)
  return { requests: result.requests.total, seconds: result.duration }
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

import type { HonoRequest } from 'hono'
import { ProblemError } from '../kernel/problem.ts'

const tooLarge = (limit: number): ProblemError =>
  new ProblemError('payload_too_large', `The body is larger than ${limit} bytes. Send less at once.`)

/** The request's text, at most `limit` bytes of it; a body of unknown length is counted while it arrives. */
export async function readText(request: HonoRequest, limit: number): Promise<string> {
  const length = request.header('content-length')
  if (length !== undefined) {
    if (Number(length) > limit) throw tooLarge(limit)
    return request.text()
  }
  const stream = request.raw.body
  if (!stream) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** The request's JSON. */
export async function readJson(request: HonoRequest, limit: number): Promise<unknown> {
  requireJson(request.header('content-type'))
  return parseJson(await readText(request, limit))
}

/** Refuses anything but JSON by its content type, so that a form of another site cannot call. */
export function requireJson(type: string | undefined): void {
  if (type === 'application/json') return
  if (type === undefined || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new ProblemError('unsupported_media_type', 'Send the body as application/json.')
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProblemError('malformed_json', `The body is not JSON: ${(cause as Error).message}`, { cause })
  }
}

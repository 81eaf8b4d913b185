import { z } from 'zod'
import { problemTable } from '../kernel/problem.ts'
import type { RouteEntry } from './route.ts'

const securities: Record<RouteEntry['access'], object[]> = {
  secret: [{ secretKey: [] }],
  user: [{ userToken: [] }, { secretKey: [] }],
  any: [{ userToken: [] }, { secretKey: [] }],
  stripe: [],
  open: [],
}

/** The wire as an OpenAPI 3.1 document, made from the registered routes and the schemas that check them. */
export function openApi(entries: readonly RouteEntry[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const entry of entries) {
    const [method = '', path = ''] = entry.key.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(entry, path) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Softgate', version: '1', description: 'Entitlements, usage, prompts and one-click upgrades.' },
    paths,
    components: {
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key of the host; never in a browser.' },
        userToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token for one user of one account.',
        },
      },
      schemas: { Problem: problemSchema },
    },
  }
}

const typeOf = (path: string): string =>
  path.endsWith('/stream') ? 'text/event-stream' : path === '/metrics' ? 'text/plain' : 'application/json'

function operation({ key, access, schema, query }: RouteEntry, path: string): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const acting =
    access === 'user'
      ? ['account', 'user'].map((name) => ({ name, in: 'query', required: false, schema: { type: 'string' } }))
      : []
  return {
    operationId: key
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '_')
      .replace(/_$/, ''),
    security: securities[access],
    parameters: [...parameters, ...acting, ...(query ? queryParameters(query) : [])],
    ...(schema && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: z.toJSONSchema(schema, { unrepresentable: 'any' }) } },
      },
    }),
    responses: {
      200: { description: 'Done', content: { [typeOf(path)]: {} } },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

const problemSchema = {
  type: 'object',
  required: ['type', 'code', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problemTable) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
}

import { ApiError } from '../errors.ts'

/** Lets a test key pass, as a bearer token or the user name of basic auth: https://docs.stripe.com/api/authentication */
export function authenticate(header: string | undefined, secretKey: string | undefined): void {
  const key = keyOf(header ?? '')
  if (!key) {
    throw refused(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  const accepted = secretKey === undefined ? /^sk_test_\w+$/.test(key) : key === secretKey
  if (!accepted) throw refused(`Invalid API Key provided: ${key.slice(0, 8)}****`)
}

function keyOf(header: string): string {
  const [scheme, value = ''] = header.split(' ')
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() !== 'basic') return ''
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? ''
}

const refused = (message: string): ApiError => new ApiError(401, { type: 'invalid_request_error', message })

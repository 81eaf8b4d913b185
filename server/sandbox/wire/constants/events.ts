import type { Constants } from './shared.ts'

export const EVENTS: Constants = {
  event: { livemode: false },
  webhook_endpoint: { application: null, livemode: false },
  'test_helpers.test_clock': { livemode: false, status: 'ready', status_details: {} },
}

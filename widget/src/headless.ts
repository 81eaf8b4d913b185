export type { ChangeFlow, ChangeStep } from './change/model.ts'
export { type ChangeFlowInput, createChangeFlow } from './change/state.ts'
export type { GateInput } from './gate/decision.ts'
export { type PriceOf, showPrice } from './gate/exact-price.ts'
export { createGate, type Gate } from './gate/state.ts'
export { createMeter, type MeterInput, type MeterState } from './meter/state.ts'
export type { Page } from './page.ts'
export { createPlans, type Plans, type PlansInput, type PlanWay } from './plans/state.ts'
export {
  type Choice,
  type Chosen,
  createPrompts,
  type PromptShape,
  type Prompts,
  type PromptsInput,
} from './prompts/state.ts'
export { type Bought, createRequests, type RequestGroup, type Requests, type RequestsInput } from './requests/state.ts'
export { createEstimate, type Estimate, type EstimateInput, type EstimateView } from './subscription/estimate-state.ts'
export { createSubscription, type SubscriptionInput, type SubscriptionView } from './subscription/state.ts'
export type { Step, UpgradeFlow, UpgradeOutcome } from './upgrade/model.ts'
export { createUpgradeFlow, type UpgradeFlowInput } from './upgrade/state.ts'
export type { LoadStripe, StripeCard, StripeJs } from './upgrade/stripe-js.ts'

import type { ComponentChild } from 'preact'
export interface RequestsHost { view(): ComponentChild; dispose(): void }
export const createRequestsHost = (_: HTMLElement): RequestsHost => ({ view: () => null, dispose() {} })

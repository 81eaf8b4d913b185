export { connect } from './client.ts'
export { defineElements } from './define-elements.ts'
export { type Messages, setMessages, type Translation } from './messages.ts'
export { showOffer } from './show-offer.ts'

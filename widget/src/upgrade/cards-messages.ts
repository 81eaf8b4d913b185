/** Where there is a choice of cards. */
export const cardsEnglish = {
  legend: 'The card that pays',
  declined: 'Declined',
  other: 'Another card',
  later: 'It pays later invoices too.',
}

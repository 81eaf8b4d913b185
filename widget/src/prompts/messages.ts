export const promptsEnglish = {a:''}

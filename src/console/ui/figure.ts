/** A number as a field of a form holds it; '' is an empty one. */
export type Figure = number | '';

/** What a number input says on a change: a text where it holds no number. */
export const numeric = (value: number | string): Figure => (typeof value === 'number' ? value : '');

/** A part of a message by its position, or a field of it. */
export type Place = number | 'name' | 'isError' | 'content';

/** `messages[2].content[0]`; a message of the gateway's own, ahead of the caller's, has no number a caller would know. */
export function placeOf(index: number, place?: Place): string {
	if (index < 0) return 'messages';
	if (place === undefined) return `messages[${index}]`;
	return typeof place === 'number' ? `messages[${index}].content[${place}]` : `messages[${index}].${place}`;
}

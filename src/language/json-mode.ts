/** JSON without a schema. */
import type { Message } from './message';

/** OpenAI refuses it where nobody speaks of JSON: "messages must contain the word 'json' in some form". */
export const speaksOfJson = ({ content }: Message): boolean =>
	content.some((part) => part.type === 'text' && /json/i.test(part.text));

/** `encrypted_content` of a reasoning item: our signature, which says whose it is, so that any provider's comes back. */
import type { ReasoningPart } from '../../language/message';
import { signed } from '../../language/signature';

/** Marks reasoning whose text its provider withholds. */
const REDACTED = 'redacted:';
/** A Fernet token: what OpenAI itself gave a client that did not ask through here. */
const OPENAI_TOKEN = /^gAAAA/;

export const encryptedContent = (signature: string, redacted: boolean): string =>
	redacted ? REDACTED + signature : signature;

/** The part a client hands back. */
export function reasoningPart(text: string, encrypted: string | null | undefined): ReasoningPart {
	if (!encrypted) return { type: 'reasoning', text };
	const redacted = encrypted.startsWith(REDACTED);
	const given = redacted ? encrypted.slice(REDACTED.length) : encrypted;
	const signature = OPENAI_TOKEN.test(given) ? signed('openai', given) : given;
	return { type: 'reasoning', text, signature, ...(redacted && { redacted }) };
}

/** Upstream messages made fit for a client: one line, short, no credentials. */

const MAX_LENGTH = 500;
/** Read at most this much: scrubbing costs time per character. */
const MAX_READ = 4000;

const SECRETS: readonly RegExp[] = [
	/\bBearer\s+[^\s"',;]+/gi,
	/\b(?:sk|pk|rk|gsk|xai|hf|sy|whsec|ghp|glpat|nvapi|csk|pplx|tgp|fw|r8)[-_][\w*.…-]{4,}/gi,
	/\bAIza[\w*-]{8,}/g,
	/\b(?:AKIA|ASIA)[A-Z0-9*]{8,}/g,
	/\beyJ[\w-]{6,}\.[\w.-]*/g,
	/\b(?:api[-_ ]?key|key|token|secret|password)(?:\s+provided)?\s*[=:]\s*["']?[\w*./+…-]{6,}/gi,
	/\b(?:org|proj|req|user)[-_][A-Za-z0-9]{12,}/g,
];

/** The message without keys and account ids, on one line, cut at 500 characters. */
export function scrub(message: string): string {
	let text = message.slice(0, MAX_READ);
	for (const secret of SECRETS) text = text.replace(secret, '[redacted]');
	text = text.replace(/[\p{Cc}\p{Z}\s]+/gu, ' ').trim();
	return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

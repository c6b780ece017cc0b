/** Names that other programs take as any text, as slugs. */

/** `Research Agent` → `research-agent`: what a slug may hold. */
export const slugOf = (name: string): string =>
	name
		.trim()
		.toLowerCase()
		.replace(/[^a-z0-9_-]+/g, '-')
		.replace(/^[-_]+|[-_]+$/g, '')
		.slice(0, 64);

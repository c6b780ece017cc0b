/** `If-Match` (RFC 9110, section 13.1.1) as the version that a change insists on. */
import { GatewayError, invalid } from '../../errors';

/** One entity tag; a weak one is taken as strong, since a version names one state of a row exactly. */
const TAG = /[ \t]*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)/y;

const malformed = (): GatewayError =>
	invalid('if-match', 'if-match: must be the ETag of an earlier answer, quotes included, e.g. "3"; or *.');

/** null: any version will do. Throws `invalid_request`. */
export function entityTags(header: string | undefined): readonly string[] | null {
	if (header === undefined || header.trim() === '*') return null;
	const tags: string[] = [];
	for (TAG.lastIndex = 0; TAG.lastIndex < header.length; ) {
		const [, tag] = TAG.exec(header) ?? [];
		if (tag === undefined) throw malformed();
		tags.push(tag);
	}
	if (tags.length === 0) throw malformed();
	return tags;
}

const isVersion = (tag: string): boolean => /^\d{1,15}$/.test(tag);

const differing = (): GatewayError =>
	invalid('version', 'version: differs from the If-Match header. Send one of the two, or the same in both.');

const moved = (current: number): GatewayError =>
	new GatewayError('conflict', `The provider is at version ${current}: read it again and repeat the change.`, {
		param: 'version',
	});

/**
 * The version to insist on; undefined: none. `current` reads the row's, asked only where the header leaves it open.
 * Throws `invalid_request` where header and body differ, `conflict` where no tag is the row's.
 */
export async function expectedVersion(
	header: string | undefined,
	inBody: number | undefined,
	current: () => Promise<number>,
): Promise<number | undefined> {
	const tags = entityTags(header);
	if (tags === null) return inBody;
	const versions = tags.filter(isVersion).map(Number);
	if (inBody !== undefined) {
		if (versions.includes(inBody)) return inBody;
		throw differing();
	}
	if (versions.length === 1) return versions[0];
	const version = await current();
	if (versions.includes(version)) return version;
	throw moved(version);
}

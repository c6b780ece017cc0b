/** Scalars as the core types of YAML 1.2: neither `%YAML` nor a tag makes dates, bytes, sets or maps of them. */
import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';

const CORE = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

function firstOf(tags: typeof CORE, text: string): unknown {
	for (const { resolve, tagName } of tags) {
		const value: unknown = resolve(text, false, tagName);
		if (value !== NOT_RESOLVED) return value;
	}
	return text;
}

/** Of a scalar that is neither quoted nor tagged. */
export const coreValue = (text: string): unknown => firstOf(CORE, text);

const KNOWN_TAG = /^!(?:!|<tag:yaml\.org,2002:)(\w+)>?$/;

/** Text where the tag is another's, or the text not of its type. */
export function taggedValue(tag: string, text: string): unknown {
	const full = `tag:yaml.org,2002:${KNOWN_TAG.exec(tag)?.[1]}`;
	return firstOf(
		CORE.filter(({ tagName }) => tagName === full),
		text,
	);
}

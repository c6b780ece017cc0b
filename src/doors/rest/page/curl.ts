/** A call of an operation as a line for a shell. */
import type { OperationObject } from '../openapi/types';
import { inQuotes, ORIGIN, QUOTED_ORIGIN } from '../rendered';

/** The origin is quoted when it is known. */
const quoted = (text: string): string => `'${inQuotes(text).replaceAll(ORIGIN, QUOTED_ORIGIN)}'`;

const EXAMPLE_VALUES: Readonly<Record<string, string>> = { id: '<id>' };

function address(path: string, server: string): string {
	return server + path.replace(/\{(\w+)\}/g, (_, name: string) => EXAMPLE_VALUES[name] ?? `<${name}>`);
}

/** Anthropic's clients send the key in a header of their own. */
function credential(security: OperationObject['security']): readonly string[] {
	const [first] = security;
	if (!first) return [];
	return ['apiKey' in first ? '-H "x-api-key: $SWITCHYARD_KEY"' : '-H "authorization: Bearer $SWITCHYARD_KEY"'];
}

export function curl(method: string, path: string, operation: OperationObject, server: string): string {
	const example = operation.requestBody?.content['application/json']?.example;
	return [
		`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ${quoted(address(path, server))}`,
		...credential(operation.security),
		...(example === undefined ? [] : ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
	].join(' \\\n  ');
}

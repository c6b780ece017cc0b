/** Which part of the interface a path belongs to: decides authentication, scope and the shape of errors. */
export type Area = 'openai' | 'anthropic' | 'rest' | 'trpc' | 'open';

const under = (path: string, root: string): boolean =>
	path.startsWith(root) && (path.length === root.length || path[root.length] === '/');

/** `path` as Hono routes it (`c.req.path`), so that no spelling is routed that was not checked. */
export function areaOf(path: string): Area {
	if (under(path, '/v1/messages')) return 'anthropic';
	if (under(path, '/v1')) return 'openai';
	if (under(path, '/trpc')) return 'trpc';
	return under(path, '/api/v1') ? 'rest' : 'open';
}

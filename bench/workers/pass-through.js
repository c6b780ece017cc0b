/** The least a Worker can do: forward, and hand the body back untouched. */
export default {
	fetch(request, env) {
		const { pathname } = new URL(request.url);
		return fetch(env.UPSTREAM + pathname, { method: request.method, headers: request.headers, body: request.body });
	},
};

/** Parses and writes again what passes through it (the body, or each chunk), and does nothing else. */
const DATA = 'data: ';

function rewrite() {
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	let held = '';
	return new TransformStream({
		transform(bytes, controller) {
			const frames = (held + decoder.decode(bytes, { stream: true })).split('\n\n');
			held = frames.pop();
			let out = '';
			for (const frame of frames) {
				const data = frame.slice(DATA.length);
				out += data === '[DONE]' ? `${frame}\n\n` : `${DATA}${JSON.stringify(JSON.parse(data))}\n\n`;
			}
			if (out) controller.enqueue(encoder.encode(out));
		},
	});
}

export default {
	async fetch(request, env) {
		const { pathname } = new URL(request.url);
		const body = JSON.stringify(await request.json());
		const headers = { authorization: request.headers.get('authorization'), 'content-type': 'application/json' };
		const answer = await fetch(env.UPSTREAM + pathname, { method: 'POST', headers, body });
		const type = answer.headers.get('content-type');
		if (type?.startsWith('text/event-stream'))
			return new Response(answer.body.pipeThrough(rewrite()), { headers: { 'content-type': type } });
		return Response.json(await answer.json());
	},
};

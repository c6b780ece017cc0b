/**
 * The scripted provider of the bench, in a process of its own. The last message says what to answer:
 * `json`, or `stream <chunks> <gap ms>`; each chunk carries the time it was sent.
 */
import { createServer } from 'node:http';

const HEAD = { id: 'chatcmpl-bench', created: 1, model: 'gpt-4o-mini-2024-07-18', system_fingerprint: 'fp_bench' };
const USAGE = {
	prompt_tokens: 24,
	completion_tokens: 32,
	total_tokens: 56,
	prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
	completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

const WHOLE = JSON.stringify({
	...HEAD,
	object: 'chat.completion',
	choices: [
		{
			index: 0,
			message: { role: 'assistant', content: 'The quick brown fox jumps over the lazy dog. '.repeat(6), refusal: null },
			logprobs: null,
			finish_reason: 'stop',
		},
	],
	usage: USAGE,
});

const chunk = (delta, finish_reason = null) =>
	`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null })}\n\n`;
const timed = () => chunk({ content: ` t=${(performance.timeOrigin + performance.now()).toFixed(3)};` });
const LAST = `${chunk({}, 'stop')}data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

/** Unpaced, as fast as the socket takes it; paced, one chunk each `gap` ms. */
function stream(response, chunks, gap) {
	response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
	response.write(chunk({ role: 'assistant', content: '' }));
	let sent = 0;
	const next = () => {
		while (!response.destroyed) {
			if (sent === chunks) return response.end(LAST);
			sent += 1;
			const ready = response.write(timed());
			if (gap > 0) return setTimeout(next, gap);
			if (!ready) return response.once('drain', next);
		}
	};
	next();
}

/** Inference calls by the key they came with. */
const calls = {};

const server = createServer((request, response) => {
	if (request.url === '/calls') return response.end(JSON.stringify(calls));
	let body = '';
	request.setEncoding('utf8');
	request.on('data', (text) => {
		body += text;
	});
	request.on('end', () => {
		const key = request.headers.authorization ?? '';
		calls[key] = (calls[key] ?? 0) + 1;
		const { messages } = JSON.parse(body);
		const content = messages.at(-1).content;
		const text = typeof content === 'string' ? content : content.map((part) => part.text).join('');
		const [kind, chunks, gap] = text.split(' ');
		if (kind === 'stream') return stream(response, Number(chunks), Number(gap));
		response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(WHOLE) });
		response.end(WHOLE);
	});
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.once('disconnect', () => process.exit(0));

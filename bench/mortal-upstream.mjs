/**
 * An upstream that lives, dies and comes back on the same port, in a process of its own. It is told how by messages:
 * `up` answers, `unavailable` answers 503, `refusing` lets nobody connect. Each is answered once it holds.
 */
import { createServer } from 'node:http';

const ANSWER = JSON.stringify({
	id: 'chatcmpl-bench',
	object: 'chat.completion',
	created: 1,
	model: 'bench',
	choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.', refusal: null }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 24, completion_tokens: 2, total_tokens: 26 },
});
const REFUSAL = JSON.stringify({ error: { message: 'no capacity', type: 'server_error', code: null, param: null } });

let mode = 'up';
let port = 0;

const server = createServer((request, response) => {
	request.resume();
	request.on('end', () => {
		const body = mode === 'up' ? ANSWER : REFUSAL;
		const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
		response.writeHead(mode === 'up' ? 200 : 503, headers);
		response.end(body);
	});
});
server.keepAliveTimeout = 120_000;

const listen = () =>
	new Promise((resolve) => {
		server.listen(port, '127.0.0.1', () => {
			port = server.address().port;
			resolve();
		});
	});

function close() {
	const closed = new Promise((resolve) => server.close(resolve));
	server.closeAllConnections();
	return closed;
}

async function become(next) {
	if (next === 'refusing' && server.listening) await close();
	if (next !== 'refusing' && !server.listening) await listen();
	mode = next;
	process.send({ port, mode });
}

process.on('message', become);
process.once('disconnect', () => process.exit(0));

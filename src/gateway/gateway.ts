/** The path bound to one request's ports: what doors call. */
import type { Gateway } from './call';
import { estimateCost } from './cost-estimate';
import { countTokens } from './count';
import { embed } from './embed';
import { listModels } from './models';
import { passthrough } from './passthrough';
import type { Ports } from './ports';
import { chat, stream } from './run';

/** Work that must reach its end although the client may be gone by then. */
function kept<T>(work: Promise<T>, ports: Ports): Promise<T> {
	ports.defer(work.catch(() => undefined));
	return work;
}

export function gateway(ports: Ports): Gateway {
	return {
		chat: (call) => kept(chat(call, ports), ports),
		stream: (call) => kept(stream(call, ports), ports),
		embed: (call) => kept(embed(call, ports), ports),
		countTokens: (call) => kept(countTokens(call, ports), ports),
		estimateCost: (call) => kept(estimateCost(call, ports), ports),
		passthrough: (call) => kept(passthrough(call, ports), ports),
		models: () => listModels(ports),
	};
}

/** The path bound to one request's ports: what doors call. */
import type { ModelFacts } from '../catalog/facts';
import type { Gateway } from './call';
import { embed } from './embed';
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
		models: () => listModels(ports),
	};
}

/** The catalog's models of every provider that has a key, or needs none. */
async function listModels(ports: Ports): Promise<readonly ModelFacts[]> {
	const { credentials } = await ports.config.reload(null);
	return ports.registry.ids
		.filter((id) => credentials[id]?.length)
		.flatMap((id) => ports.catalog.models(id).map((model) => ports.catalog.facts(id, model)));
}

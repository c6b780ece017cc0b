/** Four providers in two protocols behind one gateway, each in a mood of its own, and organizations with keys of all. */
import { says } from '../support/node/moods';
import { type Mood, type MoodyUpstream, startMoodyUpstream } from '../support/node/moody-upstream';
import { eventually, type Variables } from '../support/node/worker';
import type { Heard } from './callers';
import { fresh, openPlatform, type Platform, type Tenant } from './tenant';

/** In the order in which agents here name them. */
export const PLACES = ['first', 'second', 'third', 'last'] as const;
export type PlaceName = (typeof PLACES)[number];

const PROVIDERS: Readonly<Record<PlaceName, { readonly provider: string; readonly model: string }>> = {
	first: { provider: 'openai', model: 'gpt-4o-mini' },
	second: { provider: 'anthropic', model: 'claude-haiku-4-5' },
	third: { provider: 'mistral', model: 'mistral-small-latest' },
	last: { provider: 'groq', model: 'llama-3.3-70b-versatile' },
};

const nameOf = ({ provider, model }: (typeof PROVIDERS)[PlaceName]): string => `${provider}/${model}`;

export const FIRST = nameOf(PROVIDERS.first);
export const SECOND = nameOf(PROVIDERS.second);
export const THIRD = nameOf(PROVIDERS.third);
export const LAST = nameOf(PROVIDERS.last);

export const OF: Readonly<Record<PlaceName, string>> = { first: FIRST, second: SECOND, third: THIRD, last: LAST };

/** What each says while all is well. */
export const saying = (place: PlaceName): string => `I am the ${place}.`;

type AgentInput = Parameters<Tenant['admin']['agents']['create']['mutate']>[0];
type Row = Readonly<Record<string, unknown>>;

/** With a key of its own for each place, so that what happens to it is nobody else's. */
export interface Member extends Tenant {
	/** Makes an agent, `first` with all others after it unless said otherwise; the model name to ask for. */
	agent(more?: Partial<AgentInput>): Promise<string>;
	/** Adds a row of a provider; its id. */
	row(row: Row): Promise<string>;
}

export interface Fleet extends Readonly<Record<PlaceName, MoodyUpstream>> {
	readonly platform: Platform;
	/** `without`: no key of these. */
	tenant(without?: readonly PlaceName[]): Promise<Member>;
	/** All of them answer, each what it says. */
	calm(): void;
	/** What `ask` hears, and the calls that it makes to each of them. */
	during<T>(ask: () => Promise<T>): Promise<{ readonly heard: T; readonly made: Readonly<Record<PlaceName, number>> }>;
	/** More upstreams, closed with the others. */
	another(mood: Mood): Promise<MoodyUpstream>;
	close(): Promise<void>;
}

const baseUrlOf = (place: PlaceName, { origin, root }: MoodyUpstream): string => {
	if (place === 'second') return origin;
	return place === 'last' ? `${origin}/openai/v1` : root;
};

export async function openFleet(variables: Variables = {}): Promise<Fleet> {
	const [first, second, third, last] = await Promise.all([
		startMoodyUpstream(says(saying('first'))),
		startMoodyUpstream(says(saying('second'))),
		startMoodyUpstream(says(saying('third'))),
		startMoodyUpstream(says(saying('last'))),
	]);
	const places = { first, second, third, last };
	const others: MoodyUpstream[] = [];
	const platform = await openPlatform(variables);
	const counts = () => PLACES.map((place) => places[place].calls.length);

	return {
		...places,
		platform,
		async tenant(without = []) {
			const tenant = await platform.tenant();
			const row = async (body: Row): Promise<string> => String((await tenant.rest('POST', '', body)).id);
			const add = (place: PlaceName): Promise<string> =>
				row({
					provider: PROVIDERS[place].provider,
					name: place,
					apiKey: `sk-${fresh(place)}`,
					baseUrl: baseUrlOf(place, places[place]),
				});
			await Promise.all(PLACES.filter((place) => !without.includes(place)).map(add));
			return {
				...tenant,
				row,
				async agent(more = {}) {
					const slug = fresh('agent');
					const fallbacks = [SECOND, THIRD, LAST];
					await tenant.admin.agents.create.mutate({ slug, name: slug, model: FIRST, fallbacks, ...more });
					return `agent:${slug}`;
				},
			};
		},
		calm() {
			for (const place of PLACES) places[place].mood = says(saying(place));
		},
		async during(ask) {
			const before = counts();
			const heard = await ask();
			const after = counts();
			const made = PLACES.map((place, at) => [place, (after[at] ?? 0) - (before[at] ?? 0)] as const);
			return { heard, made: Object.fromEntries(made) as Record<PlaceName, number> };
		},
		async another(mood) {
			const upstream = await startMoodyUpstream(mood);
			others.push(upstream);
			return upstream;
		},
		async close() {
			await platform.close();
			await Promise.all([first, second, third, last, ...others].map((upstream) => upstream.close()));
		},
	};
}

/** What became of each candidate, in the order of consideration: `provider/model[key] outcome: reason, calls`. */
export const stepsOf = ({ routing }: Pick<Heard, 'routing'>): readonly string[] =>
	(routing?.steps ?? []).map(({ provider, model, key, outcome, reason, attempts }) => {
		const why = reason === null ? '' : `: ${reason}`;
		return `${provider}/${model}[${key}] ${outcome}${why}, ${attempts}`;
	});

export const step = (place: PlaceName, what: string): string => `${OF[place]}[${place}] ${what}`;

/** Asks again until it is as it should be. */
export async function until(what: string, isSo: () => Promise<boolean>, withinMs?: number): Promise<void> {
	await eventually(what, async () => ((await isSo()) ? true : null), withinMs);
}

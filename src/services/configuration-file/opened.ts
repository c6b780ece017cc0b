/** Where an import lets data go that it could not go before: said aloud, since it is easily overlooked as a difference. */
import type { OrganizationConfiguration } from '../../db/schema';
import type { RoutingPolicy } from '../../language/routing';
import type { Agent } from '../agent-row';
import { own } from '../declared';
import type { Converted } from './draft';

interface Place {
	/** As in the file. */
	readonly part: string;
	readonly before: RoutingPolicy | undefined;
	readonly after: RoutingPolicy | null | undefined;
}

const isOpened = ({ before, after }: Place): boolean => {
	const tags = before?.residency;
	const left = after?.residency;
	return tags !== undefined && (left === undefined || left.some((tag) => !tags.includes(tag)));
};

/** Notes with their lines. `agents`: as they are stored. */
export function openedBy(
	{ document, lineOf }: Pick<Converted, 'document' | 'lineOf'>,
	before: OrganizationConfiguration,
	after: OrganizationConfiguration,
	agents: readonly Agent[],
): readonly string[] {
	const places: readonly Place[] = [
		{ part: 'routing', before: before.routing, after: after.routing },
		...Object.entries(before.profiles ?? {}).map(([name, profile]) => ({
			part: `profiles.${name}`,
			before: profile.routing,
			after: own(after.profiles, name)?.routing,
		})),
		...agents.map(({ slug, routing }) => {
			const said = own(document.agents, slug)?.routing;
			return { part: `agents.${slug}`, before: routing, after: said === undefined ? routing : said };
		}),
	];
	return places.filter(isOpened).map((place) => {
		const left = place.after?.residency?.join(', ') ?? 'nothing';
		const what = `of residency it said ${place.before?.residency?.join(', ')}, and says ${left} from now on.`;
		return `line ${lineOf(place.part)}: ${place.part}: ${what}`;
	});
}

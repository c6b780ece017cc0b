import { Button, Collapse, Fieldset, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useModelNames } from '../configuration/queries';
import { inherited } from '../policy/inherited';
import type { PolicyFieldsProps } from '../policy/organization-policy';
import { ExplainedSelect } from '../ui/explained-select';
import { inheritedText, type RoutingLayer } from './inherited';
import { RarerRouting } from './rarer-routing';
import { hasRarer, ROUTING_FIELDS, type RoutingDraft } from './routing-draft';
import { STRATEGIES } from './strategies';
import { WeighedModels } from './weighed-models';

export interface RoutingFieldsProps extends PolicyFieldsProps<RoutingDraft> {
	/** Whose: `agent`, `profile`; `organization` has no model, and so no candidates. */
	readonly owner: 'agent' | 'profile' | 'organization';
	/** What holds where a field stays empty, the nearest first. */
	readonly layers: readonly RoutingLayer[];
}

const MAIN: ReadonlySet<string> = new Set(['strategy', 'candidates', 'weight']);

/** Who else answers, in which order, and how long anybody is waited for. */
export function RoutingFields(props: RoutingFieldsProps) {
	const { draft, owner, layers, errorAt, change } = props;
	const before = useModelNames(true);
	const [opened, { toggle }] = useDisclosure(owner === 'organization' || hasRarer(draft));
	const shown = opened || ROUTING_FIELDS.some((field) => !MAIN.has(field) && errorAt(field) !== undefined);
	const strategy = draft.strategy || (inherited(layers, 'strategy') ?? 'priority');
	return (
		<Fieldset legend="Routing: an empty field is inherited">
			<Stack gap="sm">
				<ExplainedSelect
					label="Strategy"
					description={STRATEGIES[strategy].explanation}
					placeholder={inheritedText(layers, 'strategy', STRATEGIES.priority.label)}
					maw={520}
					clearLabel="Clear the strategy"
					options={STRATEGIES}
					value={draft.strategy}
					error={errorAt('strategy')}
					onChange={(value) => change({ strategy: value })}
				/>
				{owner !== 'organization' && (
					<WeighedModels
						draft={draft}
						owner={owner}
						weighted={strategy === 'weighted'}
						description={`As good as the ${owner}’s own model: the strategy says who is asked first, the fallbacks follow. None: ${inheritedText(layers, 'candidates', 'its own model alone')}`}
						before={before}
						errorAt={errorAt}
						change={change}
					/>
				)}
				{owner !== 'organization' && (
					<div>
						<Button variant="subtle" size="compact-sm" aria-expanded={shown} onClick={toggle}>
							{shown ? 'Less of the routing' : 'More of the routing'}
						</Button>
					</div>
				)}
			</Stack>
			<Collapse expanded={shown}>{shown && <RarerRouting {...props} before={before} />}</Collapse>
		</Fieldset>
	);
}

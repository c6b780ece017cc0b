import { Button, Center, Group, Loader, Paper, Stack, Text } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import type { Organization, RoutingPolicy } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useLowestLayers } from '../../routing/layers';
import { ROUTING_FIELDS, type RoutingDraft, routingDraftOf, routingOf } from '../../routing/routing-draft';
import { RoutingFields } from '../../routing/routing-fields';
import { RoutingTable } from '../../routing/routing-table';
import { useSignedIn } from '../../session/session';
import { ChangedMeanwhile, isOutdated } from '../../ui/changed-meanwhile';
import { ChangesTable } from '../../ui/changes-table';
import { fieldChanges } from '../../ui/field-changes';
import { Saved } from '../../ui/saved';
import { useConfigurationChange, useOrganization } from '../queries';

const FIELDS = ROUTING_FIELDS.map((field) => `routing.${field}`);

const policyOf = ({ llmConfiguration }: Organization) => llmConfiguration.routing ?? {};

/** What holds for all models of the organization where neither agent nor profile says otherwise. */
export function RoutingTab() {
	const { data, error, refetch } = useOrganization();
	if (error && !data)
		return <FailureAlert failure={error} title="The routing could not be read" retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading the routing" />
			</Center>
		);
	return (
		<Stack maw={820}>
			<Text size="sm">
				Holds for every request, also where it names its model itself; an agent’s or a profile’s own routing stands over
				it, field by field. Candidates belong to agents and profiles: there they stand beside one model.
			</Text>
			{data.configurationInForce ? (
				<RoutingForm organization={data} />
			) : (
				<Paper withBorder p="md">
					<RoutingTable policy={policyOf(data)} />
				</Paper>
			)}
		</Stack>
	);
}

/** The part of an organization that is written here, and the version it was read at. */
interface Base {
	readonly routing: RoutingPolicy;
	readonly version: number;
}

const baseOf = (organization: Organization): Base => ({
	routing: policyOf(organization),
	version: organization.version,
});

function RoutingForm({ organization }: { readonly organization: Organization }) {
	const { client } = useSignedIn();
	const [base, setBase] = useState(() => baseOf(organization));
	const [draft, setDraft] = useState(() => routingDraftOf(base.routing));
	const form = useRef<HTMLFormElement>(null);
	const layers = useLowestLayers();
	const set = useConfigurationChange(client.organizations.setRouting.mutate);
	const outdated = isOutdated(set.error);
	const { at, rest } = fieldErrors(outdated ? null : set.error, FIELDS);
	useFocusAtFault(form, set.error);

	const now = baseOf(organization);
	const theirs = fieldChanges(base.routing, now.routing);
	const begin = (from: Base): void => {
		setBase(from);
		setDraft(routingDraftOf(from.routing));
	};
	const change = (part: Partial<RoutingDraft>): void => {
		if (set.isSuccess) set.reset();
		setDraft((before) => ({ ...before, ...part }));
	};
	const save = (version: number): void => set.mutate({ routing: routingOf(draft), version }, { onSuccess: begin });
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		// Another part of the configuration that was changed meanwhile is nobody's conflict here.
		save(theirs.length === 0 ? Math.max(now.version, base.version) : base.version);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The routing could not be saved" />
				<RoutingFields
					draft={draft}
					owner="organization"
					layers={layers}
					errorAt={(field) => at(`routing.${field}`)}
					change={change}
				/>
				{outdated && (
					<ChangedMeanwhile
						what="routing"
						overwrite="Save mine in its place"
						pending={set.isPending}
						save={() => save(now.version)}
						reload={() => {
							begin(now);
							set.reset();
						}}
					>
						{now.version > base.version ? (
							<ChangesTable
								label="Their changes"
								changes={theirs}
								empty="Nothing of the routing: yours can be saved."
							/>
						) : null}
					</ChangedMeanwhile>
				)}
				<Saved shown={set.isSuccess} />
				<Group>
					<Button type="submit" loading={set.isPending}>
						Save the routing
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

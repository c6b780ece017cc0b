/** A policy that an organization has for all its requests: looked at, and changed where its plan lets it. */
import { Alert, Button, Center, Group, Loader, Paper, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useConfigurationChange, useOrganization } from '../configuration/queries';
import type { Organization } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { ChangedMeanwhile, isOutdated } from '../ui/changed-meanwhile';
import { ChangesTable } from '../ui/changes-table';
import { fieldChanges } from '../ui/field-changes';
import { Saved } from '../ui/saved';
import { PolicyFacts } from './policy-facts';
import type { PolicyWords } from './words';

/** A policy, and the version of the organization that it was read or written at. */
export interface Stored<Policy> {
	readonly policy: Policy;
	readonly version: number;
	/** What it says in vain. */
	readonly warnings: readonly { readonly field: string; readonly message: string }[];
}

export interface PolicyFieldsProps<Draft> {
	readonly draft: Draft;
	/** `field` without the parameter that holds the policy. */
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<Draft>) => void;
}

interface OrganizationPolicyProps<Policy, Draft> {
	/** `routing`, `context policy` */
	readonly what: string;
	/** The parameter of the API that holds the policy. */
	readonly param: string;
	readonly words: PolicyWords<Policy>;
	/** Whom it holds for, and who stands over it. */
	readonly introduction: string;
	readonly policyOf: (organization: Organization) => Policy;
	readonly draftOf: (policy: Policy) => Draft;
	readonly save: (draft: Draft, version: number) => Promise<Stored<Policy>>;
	readonly fields: (props: PolicyFieldsProps<Draft>) => ReactNode;
}

export function OrganizationPolicy<Policy extends object, Draft>(props: OrganizationPolicyProps<Policy, Draft>) {
	const { what, words, introduction, policyOf } = props;
	const { data, error, refetch } = useOrganization();
	if (error && !data)
		return <FailureAlert failure={error} title={`The ${what} could not be read`} retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label={`Loading the ${what}`} />
			</Center>
		);
	return (
		<Stack maw={820}>
			<Text size="sm">{introduction}</Text>
			{data.configurationInForce ? (
				<PolicyForm {...props} now={{ policy: policyOf(data), version: data.version, warnings: [] }} />
			) : (
				<Paper withBorder p="md">
					<PolicyFacts
						words={words}
						policy={policyOf(data)}
						none={`Nothing of its own: the gateway’s ${what} holds.`}
					/>
				</Paper>
			)}
		</Stack>
	);
}

interface PolicyFormProps<Policy, Draft> extends OrganizationPolicyProps<Policy, Draft> {
	/** As it is now, also where it changed since the form was made of it. */
	readonly now: Stored<Policy>;
}

function PolicyForm<Policy extends object, Draft>(props: PolicyFormProps<Policy, Draft>) {
	const { what, param, words, draftOf, fields, now } = props;
	const [base, setBase] = useState(now);
	const [draft, setDraft] = useState(() => draftOf(now.policy));
	const form = useRef<HTMLFormElement>(null);
	const set = useConfigurationChange((version: number) => props.save(draft, version));
	const outdated = isOutdated(set.error);
	const { at, rest } = fieldErrors(
		outdated ? null : set.error,
		words.fields.map((field) => `${param}.${field}`),
	);
	useFocusAtFault(form, set.error);

	const theirs = fieldChanges(base.policy, now.policy);
	const begin = (from: Stored<Policy>): void => {
		setBase(from);
		setDraft(draftOf(from.policy));
	};
	const change = (part: Partial<Draft>): void => {
		if (set.isSuccess) set.reset();
		setDraft((before) => ({ ...before, ...part }));
	};
	const save = (version: number): void => set.mutate(version, { onSuccess: begin });
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		// Another part of the configuration that was changed meanwhile is nobody's conflict here.
		save(theirs.length === 0 ? Math.max(now.version, base.version) : base.version);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title={`The ${what} could not be saved`} />
				{fields({ draft, errorAt: (field) => at(`${param}.${field}`), change })}
				{outdated && (
					<ChangedMeanwhile
						what={what}
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
								empty={`Nothing of the ${what}: yours can be saved.`}
							/>
						) : null}
					</ChangedMeanwhile>
				)}
				<Saved shown={set.isSuccess} />
				{set.isSuccess && <InVain warnings={base.warnings} />}
				<Group>
					<Button type="submit" loading={set.isPending}>
						Save the {what}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

function InVain({ warnings }: Pick<Stored<unknown>, 'warnings'>) {
	if (warnings.length === 0) return null;
	return (
		<Alert color="yellow" variant="light" title="A part of it has no effect" role="status">
			{warnings.map(({ field, message }) => (
				<Text size="sm" key={`${field} ${message}`}>
					<b>{field}</b>: {message}
				</Text>
			))}
		</Alert>
	);
}

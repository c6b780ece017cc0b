import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import type { ProviderKind } from '../data/types';
import type { ConfigField, ProviderDraft } from './provider-draft';

interface Shown {
	readonly label: string;
	readonly description: string;
	readonly placeholder?: string;
	readonly input: 'line' | 'lines' | readonly { readonly value: string; readonly label: string }[];
}

const FIELDS: Readonly<Record<ConfigField, Shown>> = {
	region: { label: 'Region', description: 'Of AWS', placeholder: 'eu-central-1', input: 'line' },
	accountId: { label: 'Account', description: 'Id of the Cloudflare account', input: 'line' },
	apiVersion: {
		label: 'API version',
		description: 'Empty: the v1 API, which needs none',
		placeholder: '2024-10-21',
		input: 'line',
	},
	auth: {
		label: 'Kind of key',
		description: 'How it is sent',
		input: [
			{ value: 'api-key', label: 'API key' },
			{ value: 'entra', label: 'Entra token' },
		],
	},
	deployments: {
		label: 'Deployments',
		description: 'One model = deployment a line; a model without one is its own deployment',
		placeholder: 'gpt-4o = my-gpt-4o',
		input: 'lines',
	},
	organization: { label: 'Organization', description: 'Of the provider, where a key has several', input: 'line' },
	project: { label: 'Project', description: 'Of the provider, where a key has several', input: 'line' },
	referer: { label: 'Site', description: 'URL the provider attributes calls to', input: 'line' },
	title: { label: 'Application', description: 'Name the provider attributes calls to', input: 'line' },
	billTo: { label: 'Bill to', description: 'Organization that pays', input: 'line' },
};

interface ConfigFieldsProps {
	readonly kind: ProviderKind;
	readonly config: ProviderDraft['config'];
	/** Without them and without a base URL nobody knows where calls go. */
	readonly addressed: boolean;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (config: ProviderDraft['config']) => void;
}

/** The settings that this provider takes, and no others. */
export function ConfigFields({ kind, config, addressed, errorAt, change }: ConfigFieldsProps) {
	if (kind.config.length === 0) return null;
	return (
		<SimpleGrid cols={{ base: 1, xs: 2 }}>
			{kind.config.map((field) => (
				<ConfigInput
					key={field}
					field={field}
					value={config[field] ?? ''}
					required={!addressed && kind.addressFields.includes(field)}
					error={errorAt(`config.${field}`)}
					change={(value) => change({ ...config, [field]: value })}
				/>
			))}
		</SimpleGrid>
	);
}

interface ConfigInputProps {
	readonly field: ConfigField;
	readonly value: string;
	readonly required: boolean;
	readonly error: string | undefined;
	readonly change: (value: string) => void;
}

function ConfigInput({ field, value, required, error, change }: ConfigInputProps) {
	const { input, ...shown } = FIELDS[field];
	const common = { ...shown, value, required, error, spellCheck: false };
	if (input === 'line') return <TextInput {...common} onChange={(event) => change(event.currentTarget.value)} />;
	if (input === 'lines')
		return <Textarea {...common} autosize minRows={2} onChange={(event) => change(event.currentTarget.value)} />;
	return (
		<Select
			{...shown}
			error={error}
			data={input.map((option) => ({ ...option }))}
			value={value === '' ? 'api-key' : value}
			allowDeselect={false}
			onChange={(chosen) => change(chosen ?? '')}
		/>
	);
}

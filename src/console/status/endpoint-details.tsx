import { Stack, Table, Text } from '@mantine/core';
import { ago, ahead, counted } from '../ui/format';
import { HealthState } from './health-state';
import {
	type Endpoint,
	factorText,
	figureTexts,
	type KeyHealth,
	type ModelHealth,
	modelText,
	ratesText,
	STANDINGS,
	STATES,
	tokenizerText,
	usedText,
} from './health-words';

interface EndpointDetailsProps {
	readonly endpoint: Endpoint;
	readonly name: string;
	readonly now: number;
}

/** Each class of models has a breaker of its own, each key a standing. */
export function EndpointDetails({ endpoint, name, now }: EndpointDetailsProps) {
	return (
		<Stack gap="md" py="xs">
			<Models models={endpoint.models} name={name} now={now} />
			<Keys keys={endpoint.keys} name={name} now={now} />
			<Calibrations calibrations={endpoint.calibrations} name={name} />
		</Stack>
	);
}

const head = (columns: readonly string[]) => (
	<Table.Thead>
		<Table.Tr>
			{columns.map((column) => (
				<Table.Th key={column}>{column}</Table.Th>
			))}
		</Table.Tr>
	</Table.Thead>
);

interface ModelsProps {
	readonly models: readonly ModelHealth[];
	readonly name: string;
	readonly now: number;
}

function Models({ models, name, now }: ModelsProps) {
	if (models.length === 0)
		return (
			<Text size="sm" c="dimmed">
				No model was asked for here of late.
			</Text>
		);
	return (
		<Table aria-label={`Models of ${name}`} verticalSpacing={4} horizontalSpacing="sm">
			{head([
				'Model',
				'State',
				'Errors',
				'First event p50 / p95',
				'Tokens/s',
				'Last error',
				'Next probe',
				'Last success',
			])}
			<Table.Tbody>
				{models.map((model) => {
					const texts = figureTexts(model, now);
					return (
						<Table.Tr key={model.model}>
							<Table.Th scope="row">
								<Text size="sm" {...(model.model !== '*' && { ff: 'monospace' })} className="wrap">
									{modelText(model.model)}
								</Text>
							</Table.Th>
							<Table.Td>
								<HealthState state={model.state} {...STATES[model.state]} />
							</Table.Td>
							<Table.Td>{texts.errorRate}</Table.Td>
							<Table.Td>{texts.firstEvent}</Table.Td>
							<Table.Td>{texts.throughput}</Table.Td>
							<Table.Td>
								{texts.lastError}
								{texts.lastErrorAt !== null && `, ${texts.lastErrorAt}`}
							</Table.Td>
							<Table.Td>{texts.nextProbe}</Table.Td>
							<Table.Td>{model.lastSuccessAt === null ? 'never' : ago(model.lastSuccessAt, now)}</Table.Td>
						</Table.Tr>
					);
				})}
			</Table.Tbody>
		</Table>
	);
}

interface KeysProps {
	readonly keys: readonly KeyHealth[];
	readonly name: string;
	readonly now: number;
}

function Keys({ keys, name, now }: KeysProps) {
	return (
		<Table aria-label={`Keys of ${name}`} verticalSpacing={4} horizontalSpacing="sm">
			{head([
				'Key',
				'Standing',
				'Used again',
				'Requests, last minute',
				'Tokens, last minute',
				'The provider’s own limits',
			])}
			<Table.Tbody>
				{keys.map((key) => (
					<Table.Tr key={key.rowId ?? ''}>
						<Table.Th scope="row">
							<Text size="sm">{key.name}</Text>
							{key.rowId === null && (
								<Text size="xs" c="dimmed" fw={400}>
									environment
								</Text>
							)}
						</Table.Th>
						<Table.Td>
							<HealthState state={key.standing} {...STANDINGS[key.standing]} />
						</Table.Td>
						<Table.Td>{key.until === null ? '–' : ahead(key.until, now)}</Table.Td>
						<Table.Td>{usedText(key.requestsMinute, key.requestsPerMinute)}</Table.Td>
						<Table.Td>{usedText(key.tokensMinute, key.tokensPerMinute)}</Table.Td>
						<Table.Td>{ratesText(key.rates, now)}</Table.Td>
					</Table.Tr>
				))}
			</Table.Tbody>
		</Table>
	);
}

interface CalibrationsProps {
	readonly calibrations: Endpoint['calibrations'];
	readonly name: string;
}

/** How far our token counts were from the provider's own. */
function Calibrations({ calibrations, name }: CalibrationsProps) {
	if (calibrations.length === 0)
		return (
			<Text size="sm" c="dimmed">
				Nothing was learned of its token counts yet.
			</Text>
		);
	return (
		<Table aria-label={`Token counts of ${name}`} verticalSpacing={4} horizontalSpacing="sm">
			{head(['Tokenizer', 'True ÷ estimated', 'Learned from'])}
			<Table.Tbody>
				{calibrations.map((calibration) => (
					<Table.Tr key={calibration.tokenizer}>
						<Table.Th scope="row">
							<Text size="sm" className="wrap">
								{tokenizerText(calibration.tokenizer)}
							</Text>
						</Table.Th>
						<Table.Td>{factorText(calibration)}</Table.Td>
						<Table.Td>{counted(calibration.samples, 'call')}</Table.Td>
					</Table.Tr>
				))}
			</Table.Tbody>
		</Table>
	);
}

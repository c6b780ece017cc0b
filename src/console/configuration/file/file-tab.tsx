import { SimpleGrid } from '@mantine/core';
import { ExportFile } from './export-file';
import { ImportFile } from './import-file';

export function FileTab() {
	return (
		<SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
			<ExportFile />
			<ImportFile />
		</SimpleGrid>
	);
}

import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { writeAssets } from './scripts/assets.mjs';

await writeAssets(import.meta.dirname);

const END_TO_END = { testTimeout: 60_000, hookTimeout: 60_000 };
/** What needs the machine for itself: rows that must be there in so many seconds, a whole test run within a test. */
const ALONE = ['test/e2e/accounting.test.ts', 'test/e2e/adding-a-provider.test.ts'];

/** `*.worker.test.ts` run inside workerd, `*.node.test.ts` and the rest in Node, `test/e2e` on the built Worker. */
export default defineConfig({
	test: {
		projects: [
			{
				plugins: [
					cloudflareTest(async () => ({
						remoteBindings: false,
						wrangler: { configPath: './wrangler.toml' },
						miniflare: {
							bindings: {
								TEST_MIGRATIONS: await readD1Migrations('./drizzle'),
								ADMIN_API_KEY: 'test-operator-secret-0123456789abcdef',
								JWT_SECRET: 'test-jwt-secret-0123456789abcdef0123456789',
								LLM_ENCRYPTION_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
								LOG_LEVEL: 'error',
							},
							outboundService: () => new Response('no network in tests', { status: 599 }),
						},
					})),
				],
				test: {
					name: 'worker',
					include: ['test/**/*.worker.test.ts'],
					setupFiles: ['test/support/worker-setup.ts'],
					isolate: false,
					maxWorkers: 1,
				},
			},
			{
				test: {
					name: 'node',
					include: ['test/**/*.test.ts'],
					exclude: ['test/**/*.worker.test.ts', 'test/e2e/**', 'test/browser/**'],
					// Left alone it would leave a core idle.
					maxWorkers: 2,
					sequence: { groupOrder: 1 },
				},
			},
			{
				test: {
					name: 'e2e',
					include: ['test/e2e/**/*.test.ts'],
					exclude: ALONE,
					...END_TO_END,
					maxWorkers: 2,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: 'e2e-alone',
					include: ALONE,
					...END_TO_END,
					fileParallelism: false,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});

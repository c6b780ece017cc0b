import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';

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
				},
			},
			{
				test: {
					name: 'e2e',
					include: ['test/e2e/**/*.test.ts'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					fileParallelism: false,
				},
			},
		],
	},
});

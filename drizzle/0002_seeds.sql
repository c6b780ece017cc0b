-- The default follows the environment (DEFAULT_PROVIDER, else mock/echo); the others are choices to start from.
INSERT INTO `llm_global_settings`
	(`id`, `provider`, `model`, `display_name`, `category`, `capabilities`, `settings`, `is_default`, `created_at`, `updated_at`)
VALUES
	('default', NULL, NULL, 'Default', 'balanced', '["chat"]', '{"temperature":0.7,"maxTokens":2000}', 1, unixepoch() * 1000, unixepoch() * 1000),
	('fast', 'groq', 'llama-3.1-8b-instant', 'Fast', 'fast', '["chat","tools"]', '{}', 0, unixepoch() * 1000, unixepoch() * 1000),
	('balanced', 'openai', 'gpt-4.1-mini', 'Balanced', 'balanced', '["chat","tools","vision"]', '{}', 0, unixepoch() * 1000, unixepoch() * 1000),
	('powerful', 'anthropic', 'claude-sonnet-4-5', 'Powerful', 'powerful', '["chat","tools","vision","reasoning"]', '{}', 0, unixepoch() * 1000, unixepoch() * 1000)
ON CONFLICT DO NOTHING;

CREATE TABLE `agent_llm_preferences` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`provider` text,
	`model` text,
	`params` text DEFAULT '{}' NOT NULL,
	`embedding_model` text,
	`fallbacks` text DEFAULT '[]' NOT NULL,
	`system_prompt` text,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`agent_id`) REFERENCES `agents`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `agents` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`profile` text,
	`settings` text DEFAULT '{}' NOT NULL,
	`fallbacks` text DEFAULT '[]' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agents_slug` ON `agents` (`organization_id`,`slug`) WHERE deleted_at is null;--> statement-breakpoint
CREATE TABLE `alert_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`threshold` real,
	`window_minutes` integer DEFAULT 5 NOT NULL,
	`provider` text,
	`webhook_url` text,
	`sealed_webhook_secret` text,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `alert_rules_organization` ON `alert_rules` (`organization_id`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text,
	`rule_id` text,
	`kind` text NOT NULL,
	`cause` text NOT NULL,
	`message` text NOT NULL,
	`details` text DEFAULT '{}' NOT NULL,
	`opened_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`resolved_at` integer,
	`delivered_at` integer,
	`delivery_attempts` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_one_open` ON `alerts` (`cause`) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX `alerts_time` ON `alerts` (`organization_id`,`opened_at`);--> statement-breakpoint
CREATE TABLE `audit_logs` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`entity` text NOT NULL,
	`entity_id` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_logs_time` ON `audit_logs` (`organization_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `audit_logs_entity` ON `audit_logs` (`organization_id`,`entity`,`entity_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `gateway_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`last4` text NOT NULL,
	`scopes` text NOT NULL,
	`allowed_models` text,
	`allowed_agents` text,
	`origins` text,
	`may_override_model` integer DEFAULT true NOT NULL,
	`requests_per_minute` integer,
	`requests_per_day` integer,
	`budget_day_nano_usd` integer,
	`budget_month_nano_usd` integer,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `gateway_keys_organization` ON `gateway_keys` (`organization_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `llm_global_settings` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text,
	`model` text,
	`display_name` text NOT NULL,
	`category` text NOT NULL,
	`capabilities` text DEFAULT '[]' NOT NULL,
	`input_price_pico` integer,
	`output_price_pico` integer,
	`settings` text DEFAULT '{}' NOT NULL,
	`is_default` integer DEFAULT false NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `llm_global_settings_one_default` ON `llm_global_settings` (`is_default`) WHERE is_default = 1;--> statement-breakpoint
CREATE TABLE `llm_model_overrides` (
	`organization_id` text NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`limits` text DEFAULT '{}' NOT NULL,
	`prices` text,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `provider`, `model`),
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `organizations` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`plan` text DEFAULT 'free' NOT NULL,
	`region` text,
	`llm_configuration` text DEFAULT '{}' NOT NULL,
	`config_version` integer DEFAULT 1 NOT NULL,
	`requests_per_minute` integer,
	`requests_per_day` integer,
	`budget_day_nano_usd` integer,
	`budget_month_nano_usd` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organizations_slug_unique` ON `organizations` (`slug`);--> statement-breakpoint
CREATE TABLE `llm_providers` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`provider` text NOT NULL,
	`name` text NOT NULL,
	`sealed_api_key` text,
	`key_id` text,
	`key_last4` text,
	`base_url` text,
	`config` text DEFAULT '{}' NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`is_default` integer DEFAULT false NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `llm_providers_name` ON `llm_providers` (`organization_id`,`provider`,`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `llm_providers_one_default` ON `llm_providers` (`organization_id`,`provider`) WHERE is_default = 1;--> statement-breakpoint
CREATE TABLE `ledger_cursor` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `llm_provider_usage` (
	`organization_id` text NOT NULL,
	`date` text NOT NULL,
	`provider` text NOT NULL,
	`provider_row_id` text NOT NULL,
	`model` text NOT NULL,
	`requests` integer DEFAULT 0 NOT NULL,
	`errors` integer DEFAULT 0 NOT NULL,
	`prompt_tokens` integer DEFAULT 0 NOT NULL,
	`completion_tokens` integer DEFAULT 0 NOT NULL,
	`cost_nano_usd` integer DEFAULT 0 NOT NULL,
	`unpriced` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`organization_id`, `date`, `provider`, `provider_row_id`, `model`)
);
--> statement-breakpoint
CREATE TABLE `llm_usage_logs` (
	`attempt_id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`state` text NOT NULL,
	`operation` text NOT NULL,
	`stream` integer NOT NULL,
	`key_id` text,
	`agent_id` text,
	`user` text,
	`run_id` text,
	`tags` text DEFAULT '[]' NOT NULL,
	`client_request_id` text,
	`provider` text NOT NULL,
	`provider_row_id` text,
	`model` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer NOT NULL,
	`response_time_ms` integer NOT NULL,
	`first_token_ms` integer,
	`input_tokens` integer,
	`cache_read_tokens` integer,
	`cache_write_5m_tokens` integer,
	`cache_write_1h_tokens` integer,
	`input_audio_tokens` integer,
	`input_image_tokens` integer,
	`output_tokens` integer,
	`reasoning_tokens` integer,
	`output_audio_tokens` integer,
	`usage_source` text NOT NULL,
	`cost_nano_usd` integer,
	`price_version` text,
	`finish_reason` text,
	`finish_reason_raw` text,
	`error_code` text,
	`error_class` text,
	`http_status` integer,
	`config_version` integer NOT NULL,
	`context` text,
	`source` text NOT NULL,
	`seq` integer,
	`prompt_tokens` integer GENERATED ALWAYS AS (iif(coalesce(input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, input_audio_tokens, input_image_tokens) is null, null, coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) + coalesce(input_audio_tokens, 0) + coalesce(input_image_tokens, 0))) VIRTUAL,
	`completion_tokens` integer GENERATED ALWAYS AS (iif(coalesce(output_tokens, reasoning_tokens, output_audio_tokens) is null, null, coalesce(output_tokens, 0) + coalesce(reasoning_tokens, 0) + coalesce(output_audio_tokens, 0))) VIRTUAL
);
--> statement-breakpoint
CREATE INDEX `llm_usage_logs_time` ON `llm_usage_logs` (`organization_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `llm_usage_logs_run` ON `llm_usage_logs` (`organization_id`,`run_id`) WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX `llm_usage_logs_user` ON `llm_usage_logs` (`organization_id`,`user`,`started_at`) WHERE user is not null;--> statement-breakpoint
CREATE INDEX `llm_usage_logs_agent` ON `llm_usage_logs` (`organization_id`,`agent_id`,`started_at`) WHERE agent_id is not null;--> statement-breakpoint
CREATE INDEX `llm_usage_logs_direct` ON `llm_usage_logs` (`organization_id`) WHERE source = 'direct' and seq is null;--> statement-breakpoint
CREATE TABLE `memberships` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`),
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `memberships_user` ON `memberships` (`user_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text,
	`name` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);
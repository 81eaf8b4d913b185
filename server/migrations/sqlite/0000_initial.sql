CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`segment` text,
	`plan` text,
	`time_zone` text,
	`currency` text,
	`stripe_customer_id` text,
	`onboarded_at` integer,
	`contract_renews_at` integer,
	`contract_value` integer,
	`health_score` integer,
	`facts` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_by_customer` ON `accounts` (`stripe_customer_id`);--> statement-breakpoint
CREATE TABLE `comparisons` (
	`segment` text NOT NULL,
	`plan` text NOT NULL,
	`band` integer NOT NULL,
	`feature` text NOT NULL,
	`low` integer NOT NULL,
	`median` integer NOT NULL,
	`high` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`segment`, `plan`, `band`, `feature`)
);
--> statement-breakpoint
CREATE TABLE `counters` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`period` integer NOT NULL,
	`used` integer NOT NULL,
	`held` integer NOT NULL,
	`level_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`day` integer,
	`day_added` integer,
	`day_level` integer,
	`day_level_at` integer,
	`day_last_at` integer,
	`day_peak` integer,
	`day_newest` integer,
	PRIMARY KEY(`account`, `feature`, `scope`, `period`)
);
--> statement-breakpoint
CREATE TABLE `crossings` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`period` integer NOT NULL,
	`mark` integer NOT NULL,
	`event` text NOT NULL,
	`used` integer NOT NULL,
	`at` integer NOT NULL,
	`consumed_at` integer,
	PRIMARY KEY(`account`, `feature`, `scope`, `period`, `mark`, `event`)
);
--> statement-breakpoint
CREATE INDEX `crossings_pending` ON `crossings` (`account`) WHERE consumed_at is null;--> statement-breakpoint
CREATE TABLE `usage_days` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`property` text NOT NULL,
	`day` integer NOT NULL,
	`period` integer NOT NULL,
	`value` text NOT NULL,
	`key` text NOT NULL,
	`added` integer NOT NULL,
	`level` integer,
	`level_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`peak` integer,
	`first` integer,
	`newest` integer,
	PRIMARY KEY(`account`, `feature`, `scope`, `property`, `day`, `period`, `value`, `key`)
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`fire` text NOT NULL,
	`user` text,
	`scope` text NOT NULL,
	`to` text NOT NULL,
	`prompt` text NOT NULL,
	`variant` text NOT NULL,
	`placement` text NOT NULL,
	`feature` text NOT NULL,
	`quantity` integer NOT NULL,
	`offer` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_by_time` ON `deliveries` (`account`,`scope`,`at`);--> statement-breakpoint
CREATE INDEX `deliveries_for_admins` ON `deliveries` (`account`,`at`) WHERE "to" <> 'own';--> statement-breakpoint
CREATE TABLE `events` (
	`row` integer PRIMARY KEY NOT NULL,
	`account` text NOT NULL,
	`id` text NOT NULL,
	`user` text,
	`name` text NOT NULL,
	`feature` text,
	`scope` text NOT NULL,
	`period` integer NOT NULL,
	`add` integer,
	`level` integer,
	`peak` integer,
	`key` text,
	`time` integer NOT NULL,
	`day` integer NOT NULL,
	`received_at` integer NOT NULL,
	`properties` text,
	`replaces` text,
	`taken_by` text,
	`before` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_by_id` ON `events` (`id`,`account`);--> statement-breakpoint
CREATE TABLE `fires` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`trigger` text NOT NULL,
	`expansion` text NOT NULL,
	`status` text NOT NULL,
	`user` text,
	`scope` text NOT NULL,
	`to` text NOT NULL,
	`feature` text NOT NULL,
	`cause` text NOT NULL,
	`explain` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE INDEX `fires_by_expansion` ON `fires` (`account`,`expansion`,`scope`,`at`);--> statement-breakpoint
CREATE INDEX `fires_for_admins` ON `fires` (`account`,`expansion`,`at`) WHERE "to" <> 'own';--> statement-breakpoint
CREATE TABLE `holds` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`user` text,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`period` integer NOT NULL,
	`quantity` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE INDEX `holds_by_counter` ON `holds` (`account`,`feature`,`scope`,`period`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`request` text NOT NULL,
	`status` integer,
	`body` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `looks` (
	`account` text NOT NULL,
	`trigger` text NOT NULL,
	`scope` text NOT NULL,
	`feature` text NOT NULL,
	`cause` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `trigger`, `feature`, `scope`)
);
--> statement-breakpoint
CREATE INDEX `looks_by_time` ON `looks` (`at`);--> statement-breakpoint
CREATE TABLE `outcomes` (
	`account` text NOT NULL,
	`delivery` text NOT NULL,
	`about` text NOT NULL,
	`user` text NOT NULL,
	`outcome` text NOT NULL,
	`prompt` text NOT NULL,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`until` integer,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `delivery`, `user`, `outcome`)
);
--> statement-breakpoint
CREATE TABLE `overages` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`period` integer NOT NULL,
	`price` text NOT NULL,
	`limit` integer NOT NULL,
	`base` integer NOT NULL,
	`used` integer NOT NULL,
	`reported` integer NOT NULL,
	`missed` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `feature`, `period`)
);
--> statement-breakpoint
CREATE TABLE `overrides` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`kind` text NOT NULL,
	`grant` text,
	`reason` text NOT NULL,
	`author` text NOT NULL,
	`ends_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account`, `feature`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `quotes` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`user` text NOT NULL,
	`delivery` text,
	`change` text NOT NULL,
	`subscription` text,
	`steps` text NOT NULL,
	`proration_date` integer NOT NULL,
	`amount_due` integer NOT NULL,
	`currency` text NOT NULL,
	`fingerprint` text NOT NULL,
	`livemode` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE TABLE `requests` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`user` text NOT NULL,
	`feature` text NOT NULL,
	`quantity` integer NOT NULL,
	`note` text,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	`answered_by` text,
	`reply` text,
	`updated_at` integer NOT NULL,
	`told_at` integer,
	`retry_at` integer,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE TABLE `settlements` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`payment` text NOT NULL,
	`intent` text NOT NULL,
	`invoice` text,
	`upgrade` text,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE TABLE `stripe_events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`customer` text,
	`received_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE INDEX `stripe_events_pending` ON `stripe_events` (`received_at`) WHERE done_at is null;--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`account` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`status` text NOT NULL,
	`plan` text,
	`interval` text NOT NULL,
	`currency` text NOT NULL,
	`quantities` text NOT NULL,
	`addons` text NOT NULL,
	`overage` text NOT NULL,
	`rates` text NOT NULL,
	`anchor` integer NOT NULL,
	`period_start` integer NOT NULL,
	`period_end` integer NOT NULL,
	`cancel_at` integer,
	`unpaid` text,
	`pending` text,
	`by_invoice` integer NOT NULL,
	`status_since` integer NOT NULL,
	`observed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `subscriptions_by_look` ON `subscriptions` (`observed_at`);--> statement-breakpoint
CREATE INDEX `subscriptions_by_period` ON `subscriptions` (`period_end`,`observed_at`);--> statement-breakpoint
CREATE TABLE `uniques` (
	`account` text NOT NULL,
	`feature` text NOT NULL,
	`scope` text NOT NULL,
	`period` integer NOT NULL,
	`key` text NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`account`, `feature`, `scope`, `period`, `key`)
);
--> statement-breakpoint
CREATE TABLE `upgrades` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`quote` text NOT NULL,
	`user` text NOT NULL,
	`phase` text NOT NULL,
	`open` integer,
	`invoice` text,
	`client_secret` text,
	`failed_method` text,
	`card` text,
	`reason` text,
	`checkout` text,
	`lease_owner` text,
	`lease_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `upgrades_by_quote` ON `upgrades` (`account`,`quote`);--> statement-breakpoint
CREATE UNIQUE INDEX `upgrades_one_open` ON `upgrades` (`account`,`open`);--> statement-breakpoint
CREATE TABLE `use_reports` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`feature` text NOT NULL,
	`period` integer NOT NULL,
	`price` text NOT NULL,
	`customer` text NOT NULL,
	`units` integer NOT NULL,
	`voids` text,
	`time` integer NOT NULL,
	`until` integer NOT NULL,
	`state` text NOT NULL,
	`tried_at` integer,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE INDEX `use_reports_due` ON `use_reports` (`next_at`) WHERE state = 'waiting';--> statement-breakpoint
CREATE TABLE `users` (
	`account` text NOT NULL,
	`id` text NOT NULL,
	`email` text,
	`name` text,
	`role` text,
	`locale` text,
	`entities` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`account`, `id`)
);
--> statement-breakpoint
CREATE VIEW `usage` AS 
select account, feature, scope, property, day, period, value, key, added, level, level_at, last_at, peak from usage_days
union all
select account, feature, scope, '', day, period, '', '', day_added, day_level, day_level_at, day_last_at, day_peak
from counters where day is not null;
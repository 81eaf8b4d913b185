-- Written by hand: the days of a counter lie side by side, in the order of their key, and are stored once. A month of an account
-- is then read from a page or two, not from as many as it has days.
CREATE TEMPORARY TABLE `usage_days_before` AS SELECT * FROM `usage_days`;--> statement-breakpoint
DROP TABLE `usage_days`;--> statement-breakpoint
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
) WITHOUT ROWID;--> statement-breakpoint
INSERT INTO `usage_days` SELECT * FROM `usage_days_before`
ORDER BY `account`, `feature`, `scope`, `property`, `day`, `period`, `value`, `key`;--> statement-breakpoint
DROP TABLE `usage_days_before`;

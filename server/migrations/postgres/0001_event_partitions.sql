-- Written by hand: an event lies in the partition of its id, so an id that is unique in its partition is unique. UUIDv7 begin
-- with the time: those that share four digits were made within 50 days, and get a partition ahead of that time (see
-- server/src/store/postgres/partitions.ts). The table made first keeps the few for which there is none.
ALTER TABLE "events" RENAME TO "events_rest";--> statement-breakpoint
ALTER TABLE "events_rest" ALTER COLUMN "id" TYPE text COLLATE "C";--> statement-breakpoint
CREATE TABLE "events" (LIKE "events_rest" INCLUDING ALL) PARTITION BY RANGE ("id");--> statement-breakpoint
CREATE TABLE "events_low" PARTITION OF "events" FOR VALUES FROM (MINVALUE) TO ('01');--> statement-breakpoint
CREATE TABLE "events_ulid" PARTITION OF "events" FOR VALUES FROM ('01A') TO ('01a');--> statement-breakpoint
CREATE TABLE "events_high" PARTITION OF "events" FOR VALUES FROM ('02') TO (MAXVALUE);--> statement-breakpoint
ALTER TABLE "events" ATTACH PARTITION "events_rest" DEFAULT;

-- One process at a time makes a video of an upload, and bytes of unknown number are reserved before they are taken.
ALTER TABLE uploads
    -- Until when one process has the upload to itself to finish it; it renews this while it works.
    ADD COLUMN finishing_until timestamptz,
    -- How often maintenance has tried to finish it, and when it tries again.
    ADD COLUMN finish_attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN finish_after timestamptz NOT NULL DEFAULT '-infinity',
    -- Of an upload whose length is unknown: up to where bytes may be taken. It counts for its creator's quota.
    ADD COLUMN reserved_bytes bigint NOT NULL DEFAULT 0;

-- Maintenance: what was received and may be finished, the longest due first.
CREATE INDEX uploads_to_finish ON uploads (finish_after, changed_at) WHERE state = 'received';
DROP INDEX uploads_received;

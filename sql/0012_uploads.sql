-- An upload on its way: how much has arrived, where it is, and who may go on with it. Any process
-- goes on with an upload that another began.
CREATE TABLE uploads (
    -- A part of its URL that cannot be guessed: 128 random bits in hexadecimal.
    id               text PRIMARY KEY,
    author_id        bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 'whole' and 'final' become videos, a 'final' one out of several 'partial' ones; a 'form' came in one request.
    kind             text NOT NULL,
    -- 'received': every byte is here, but the video is not recorded yet.
    state            text NOT NULL DEFAULT 'open',
    -- The video that it becomes, or the older one that has the same bytes.
    video_id         bigint,
    is_duplicate     boolean NOT NULL DEFAULT false,
    -- NULL until its client knows it.
    length_bytes     bigint,
    -- What its client need not send again, whatever happens.
    offset_bytes     bigint NOT NULL DEFAULT 0,
    -- The first bytes, until there are enough to tell whether they are a video's.
    head             bytea,
    metadata         jsonb NOT NULL,
    -- An image of the creator's own, in the object store.
    cover_key        text,
    -- SHA-256 as the client announced it.
    announced_sha256 bytea,
    -- What the object store keeps in mind between two requests; only it knows what this says.
    placement        text,

    -- Drawn by each request that goes on with the upload: only the newest may acknowledge anything.
    writer           bigint NOT NULL DEFAULT 0,
    is_writing       boolean NOT NULL DEFAULT false,
    -- How many writers were relieved before they had ended.
    takeovers        integer NOT NULL DEFAULT 0,

    failure_code     text,
    -- A sentence for the creator.
    failure_reason   text,

    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When its bytes are removed if nothing comes; of an upload that has ended, its row.
    expires_at       timestamptz NOT NULL,
    -- When the last change of state was.
    changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT uploads_kind_is_known CHECK (kind IN ('whole', 'partial', 'final', 'form')),
    CONSTRAINT uploads_state_is_known
        CHECK (state IN ('open', 'received', 'finished', 'refused', 'cancelled', 'expired')),
    CONSTRAINT uploads_offset_is_within_the_length
        CHECK (length_bytes >= 0 AND offset_bytes >= 0 AND offset_bytes <= length_bytes),
    CONSTRAINT received_uploads_are_whole
        CHECK (state NOT IN ('received', 'finished') OR (length_bytes IS NOT NULL AND offset_bytes = length_bytes)),
    CONSTRAINT refused_uploads_have_a_reason
        CHECK ((state = 'refused') = (failure_code IS NOT NULL AND failure_reason IS NOT NULL)),
    CONSTRAINT uploads_checksum_is_sha256 CHECK (length(announced_sha256) = 32)
);

-- Quotas: what a creator sent lately, and has under way.
CREATE INDEX uploads_by_author ON uploads (author_id, created_at);
-- Upkeep: what is over.
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
-- Upkeep: what was received by a process that died before it could record it.
CREATE INDEX uploads_received ON uploads (changed_at) WHERE state = 'received';

-- The same bytes of the same creator are the same video.
CREATE INDEX videos_by_source ON videos (author_id, source_sha256) WHERE state IN ('processing', 'ready');
